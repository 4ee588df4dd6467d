namespace Scoring.Core.Populations;

/// <summary>The different values that rows have of one attribute, each with a number from 1. A value is kept as long as a row has it.</summary>
/// <remarks>
/// The number of a value that no row has any more is given to the next new one. So there were never more numbers than rows that had a value at
/// once, and what is kept is bounded by what the rows hold, however many values have come and gone.
/// </remarks>
internal sealed class AttributeValues
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    // The first stands for no value.
    private Entry[] _entries = new Entry[4];
    private int _end = 1;

    // The numbers that are free are a list: the holders of one are the next, 0 at the end.
    private int _firstFree;

    /// <summary>The value of a number; empty for 0, null for a number that is free.</summary>
    public string? this[int number] => number == 0 ? "" : _entries[number].Value;

    /// <summary>Above all numbers that there are.</summary>
    public int End => _end;

    /// <summary>All values, in no order.</summary>
    public IReadOnlyCollection<string> All => _numbers.Keys;

    /// <summary>The number of a value; 0 when no row has it.</summary>
    public int Find(ReadOnlySpan<char> value) =>
        _numbers.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(value, out var number) ? number : 0;

    /// <summary>Gives a number to a value that has none. Nobody holds it yet.</summary>
    public int Add(string value)
    {
        var number = _firstFree;
        if (number > 0)
        {
            _firstFree = _entries[number].Holders;
        }
        else
        {
            number = _end++;
            if (number == _entries.Length)
            {
                Array.Resize(ref _entries, _entries.Length * 2);
            }
        }
        _entries[number] = new(value);
        _numbers.Add(value, number);
        return number;
    }

    /// <summary>One more row has a value.</summary>
    public void Hold(int number) => _entries[number].Holders++;

    /// <summary>One row less has a value; the last one's is forgotten.</summary>
    public void Release(int number)
    {
        ref var entry = ref _entries[number];
        if (--entry.Holders == 0)
        {
            _numbers.Remove(entry.Value!);
            entry = new(null) { Holders = _firstFree };
            _firstFree = number;
        }
    }

    private struct Entry(string? value)
    {
        public readonly string? Value = value;

        public int Holders;
    }
}
