namespace Scoring.Core.Populations;

/// <summary>A filter in the numbers of one population: rows that have one value in each of some attributes.</summary>
internal sealed class RowFilter(RowFilter.Test[] tests)
{
    /// <summary>Whether every row passes.</summary>
    public bool IsEveryone => tests.Length == 0;

    /// <summary>Sets the bits of the rows of a chunk that pass, and clears the others.</summary>
    /// <param name="chunk">Which rows: those of one chunk of a <see cref="Column{T}"/>.</param>
    /// <param name="rows">How many rows the chunk has.</param>
    /// <param name="bits">A bit for each row of a chunk.</param>
    public void Select(int chunk, int rows, Span<ulong> bits)
    {
        bits.Clear();
        bits[..(rows / 64)].Fill(ulong.MaxValue);
        if (rows % 64 != 0)
        {
            bits[rows / 64] = (1UL << (rows % 64)) - 1;
        }
        foreach (var test in tests)
        {
            test.Column.Keep(chunk, test.Value, bits);
        }
    }

    /// <summary>Whether rows have one value in one attribute.</summary>
    internal readonly record struct Test(AttributeColumn Column, int Value);
}
