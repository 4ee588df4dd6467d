using Scoring.Core.Memory;

namespace Scoring.Core.Populations;

/// <summary>Some of a population's rows: one bit each.</summary>
public sealed class RowSet
{
    private const int WordRows = 64;
    private readonly Column<ulong> _bits = new();
    private int _words;

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>Whether a row is one of them.</summary>
    public bool Contain(int row) => row / WordRows < _words && (_bits[row / WordRows] & BitOf(row)) != 0;

    /// <summary>Adds a row unless it is one of them.</summary>
    public void Add(int row)
    {
        if (Contain(row))
        {
            return;
        }
        if (row / WordRows >= _words)
        {
            _words = (row / WordRows) + 1;
            _bits.EnsureRows(_words);
        }
        _bits[row / WordRows] |= BitOf(row);
        Count++;
    }

    /// <summary>Removes a row that is one of them.</summary>
    public void Remove(int row)
    {
        _bits[row / WordRows] &= ~BitOf(row);
        Count--;
    }

    /// <summary>Clears the bits of those of the rows of one chunk that are among them; bit i of the words is row i of the chunk.</summary>
    internal void Clear(int chunk, Span<ulong> bits)
    {
        var first = chunk * bits.Length;
        for (var word = 0; Count > 0 && word < bits.Length && first + word < _words; word++)
        {
            bits[word] &= ~_bits[first + word];
        }
    }

    private static ulong BitOf(int row) => 1UL << (row % WordRows);
}
