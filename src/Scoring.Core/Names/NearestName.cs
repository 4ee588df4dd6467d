namespace Scoring.Core.Names;

/// <summary>Finds the name that somebody may have meant.</summary>
public static class NearestName
{
    /// <summary>The name nearest to a misspelt one, whatever the case; null when none is near.</summary>
    /// <param name="name">The name as it was given.</param>
    /// <param name="known">The names there are; of those that are as near, the first is taken.</param>
    /// <remarks>Near is a name of which at most half the letters, or two of a short one but not all, must be put in, taken out or changed (Levenshtein).</remarks>
    public static string? Of(string name, IEnumerable<string> known)
    {
        var nearest = known.MinBy(other => Distance(name, other));
        var distance = nearest is null ? int.MaxValue : Distance(name, nearest);
        return distance < name.Length && distance <= Math.Max(2, name.Length / 2) ? nearest : null;
    }

    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var isSame = char.ToUpperInvariant(one[i - 1]) == char.ToUpperInvariant(other[j - 1]);
                var changed = diagonal + (isSame ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(changed, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[^1];
    }
}
