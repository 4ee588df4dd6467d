namespace Scoring.Engine.Archive;

/// <summary>Numbers names from 0 on, as they come.</summary>
internal sealed class NameNumbers
{
    private readonly List<string> _names = [];
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    /// <summary>The names by number.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>The number of a name, which it is given when it has none.</summary>
    public int NumberOf(string name)
    {
        if (!_numbers.TryGetValue(name, out var number))
        {
            _numbers.Add(name, number = _names.Count);
            _names.Add(name);
        }
        return number;
    }

    /// <summary>The numbers of names, in their order.</summary>
    public int[] NumbersOf(IEnumerable<string> names) => [.. names.Select(NumberOf)];

    public void Clear()
    {
        _names.Clear();
        _numbers.Clear();
    }
}
