using System.Runtime.Intrinsics;
using Scoring.Core.Memory;

namespace Scoring.Core.Populations;

/// <summary>A filter in the numbers of one population: rows that have one value in each of some attributes.</summary>
internal sealed class RowFilter(RowFilter.Test[] tests)
{
    /// <summary>Whether every row passes.</summary>
    public bool IsEveryone => tests.Length == 0;

    /// <summary>What rows pass by.</summary>
    public IReadOnlyList<Test> Tests => tests;

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

    /// <summary>Clears the bits of the rows of one chunk that have another value; bit i of the words is row i of the chunk.</summary>
    public static void KeepEqual<T>(Column<T> column, int chunk, T value, Span<ulong> bits)
        where T : unmanaged, IEquatable<T>
    {
        ReadOnlySpan<T> rows = chunk < column.Chunks ? column.Chunk(chunk) : [];
        var wanted = Vector256.Create(value);
        for (var word = 0; word < bits.Length; word++)
        {
            if (bits[word] == 0)
            {
                continue;
            }
            var (equal, first) = (0UL, word * 64);
            for (var at = 0; at < 64 && first < rows.Length; at += Vector256<T>.Count)
            {
                var vector = Vector256.Create(rows.Slice(first + at, Vector256<T>.Count));
                equal |= (ulong)Vector256.Equals(vector, wanted).ExtractMostSignificantBits() << at;
            }
            bits[word] &= equal;
        }
    }

    /// <summary>Whether rows have one value in one attribute.</summary>
    internal readonly record struct Test(AttributeColumn Column, int Value);
}
