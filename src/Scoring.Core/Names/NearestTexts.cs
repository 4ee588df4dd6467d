namespace Scoring.Core.Names;

/// <summary>Of the texts that are known, those nearest to one that is not: what was perhaps meant.</summary>
/// <remarks>
/// Near is what equals the text but for case, or is made from it by inserting, dropping or replacing at most three characters (Levenshtein's
/// distance, case aside), fewer where the text is short: half of it, and never all of it. Last comes what begins with the text, if it has three characters or more.
/// Where none is near and only a few are known, all of them are named.
/// </remarks>
public sealed class NearestTexts
{
    /// <summary>Most near texts that are named.</summary>
    public const int MostNear = 3;

    /// <summary>Most known texts that are all named when none is near.</summary>
    public const int Few = 10;

    private const int MostChanges = 3;
    private const int ShortestBeginning = 3;
    private const int LongestText = 512;

    private readonly string _given;
    private readonly int _mostChanges;
    private readonly SortedDictionary<(int Changes, string Text), string> _near = new(ByChanges);
    private readonly SortedSet<string> _few = new(StringComparer.Ordinal);

    /// <param name="given">The text that is not known.</param>
    /// <param name="known">The texts that are. Each takes no longer than some hundred characters take to look at.</param>
    public NearestTexts(string given, IEnumerable<string> known)
    {
        _given = given.ToUpperInvariant();
        _mostChanges = Math.Min(MostChanges, Math.Min((given.Length + 1) / 2, given.Length - 1));
        foreach (var text in known)
        {
            Add(text);
        }
    }

    private static Comparer<(int Changes, string Text)> ByChanges { get; } =
        Comparer<(int Changes, string Text)>.Create(
            (a, b) => a.Changes != b.Changes ? a.Changes.CompareTo(b.Changes) : string.CompareOrdinal(a.Text, b.Text)
        );

    /// <summary>The nearest of the known texts; null when none is near.</summary>
    public string? Nearest => _near.Values.FirstOrDefault();

    /// <summary>What to name of the known texts, the nearest first; those equally near by their characters.</summary>
    public IReadOnlyList<string> Found =>
        _near.Count > 0 ? [.. _near.Values]
        : _few.Count <= Few ? [.. _few]
        : [];

    /// <summary>A sentence that names them, with a blank before it; empty when there is nothing to name.</summary>
    public string Sentence => Found.Count == 0 ? "" : $" The nearest known: {string.Join(", ", Found)}.";

    private void Add(string known)
    {
        if (_few.Count <= Few)
        {
            _few.Add(known);
        }
        var changes = ChangesTo(known);
        if (changes <= _mostChanges || IsBeginningOf(known))
        {
            _near[(changes, known)] = known;
            if (_near.Count > MostNear)
            {
                _near.Remove(_near.Keys.Last());
            }
        }
    }

    private bool IsBeginningOf(string known) =>
        _given.Length >= ShortestBeginning && known.StartsWith(_given, StringComparison.OrdinalIgnoreCase);

    /// <summary>How many changes make the given text the known one, case aside; more than <see cref="_mostChanges"/> where that is too many.</summary>
    private int ChangesTo(string known)
    {
        var tooMany = _mostChanges + 1;
        if (Math.Abs(known.Length - _given.Length) > _mostChanges || known.Length > LongestText)
        {
            return tooMany;
        }
        Span<char> text = stackalloc char[known.Length];
        known.AsSpan().ToUpperInvariant(text);
        // changes[j]: from the characters of the given text that were looked at to the first j known ones. Only places that few enough
        // insertions and omissions lead to are looked at; those beyond begin as, or are made, too many.
        Span<int> changes = stackalloc int[text.Length + 1];
        for (var j = 0; j < changes.Length; j++)
        {
            changes[j] = j;
        }
        for (var i = 1; i <= _given.Length; i++)
        {
            var first = Math.Max(1, i - _mostChanges);
            var before = changes[first - 1];
            changes[first - 1] = first == 1 ? i : tooMany;
            for (var j = first; j <= Math.Min(text.Length, i + _mostChanges); j++)
            {
                var replaced = before + (_given[i - 1] == text[j - 1] ? 0 : 1);
                before = changes[j];
                changes[j] = Math.Min(replaced, Math.Min(before, changes[j - 1]) + 1);
            }
        }
        return changes[text.Length];
    }
}
