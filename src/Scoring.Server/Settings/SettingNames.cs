namespace Scoring.Server.Settings;

/// <summary>Says of a name that nothing has which ones there are, and which one may have been meant.</summary>
internal static class SettingNames
{
    public static string Unknown(string path, IEnumerable<Setting> known)
    {
        var names = known.Select(setting => setting.Name).Order(StringComparer.Ordinal).ToList();
        var name = ConfigurationPath.GetSectionKey(path);
        var nearest = names.MinBy(other => Distance(name, other))!;
        var advice =
            Distance(name, nearest) <= Math.Max(2, name.Length / 2)
                ? $" Did you mean {ConfigurationPath.Combine(ConfigurationPath.GetParentPath(path)!, nearest)}?"
                : "";
        return $"Unknown setting {path}; known here: {string.Join(", ", names)}.{advice}";
    }

    /// <summary>How many letters must be put in, taken out or changed to make the one the other (Levenshtein), whatever their case.</summary>
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
