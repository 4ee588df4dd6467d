using System.Runtime.CompilerServices;

namespace Scoring.Core.Memory;

/// <summary>One value, or a few, for each row of a population.</summary>
/// <remarks>
/// Kept in chunks of <see cref="ChunkRows"/> rows that never move once they are full size: growing costs one chunk, never a copy of
/// everything, and at most one chunk of memory is unused. A scan goes chunk by chunk over plain memory.
/// </remarks>
/// <typeparam name="T">The type of a value.</typeparam>
/// <param name="valuesPerRow">Values that each row has.</param>
internal sealed class Column<T>(int valuesPerRow = 1)
    where T : unmanaged
{
    /// <summary>Rows of a full chunk.</summary>
    public const int ChunkRows = 1 << ChunkBits;

    private const int ChunkBits = 14;
    private const int FirstRows = 64;
    private NativeArray<T>[] _chunks = [];

    /// <summary>The value of a row that there is room for; the first of its values when there are several.</summary>
    public ref T this[int row]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref _chunks[row >> ChunkBits][(row & (ChunkRows - 1)) * valuesPerRow];
    }

    /// <summary>Number of chunks.</summary>
    public int Chunks => _chunks.Length;

    /// <summary>The values of up to <see cref="ChunkRows"/> rows, the first being that of row i x <see cref="ChunkRows"/>.</summary>
    public Span<T> Chunk(int index) => _chunks[index].Span;

    /// <summary>Sees to it that there is room for rows 0 to <paramref name="rows"/> - 1, and up to a multiple of 64; what is added is zero.</summary>
    public void EnsureRows(int rows)
    {
        // Whole words of bits, so that what looks at 64 rows at a time need not look whether they are all there.
        rows = (rows + FirstRows - 1) & -FirstRows;
        var last = (rows - 1) >> ChunkBits;
        if (rows <= 0 || (last < _chunks.Length && rows - (last << ChunkBits) <= _chunks[last].Length / valuesPerRow))
        {
            return;
        }
        var whole = ChunkRows * valuesPerRow;
        while (_chunks.Length <= last)
        {
            // Only the last chunk may be smaller than whole, and only while it is the first: few rows take little memory.
            if (_chunks.Length > 0 && _chunks[^1].Length < whole)
            {
                NativeArray<T>.Grow(ref _chunks[^1], whole);
            }
            Array.Resize(ref _chunks, _chunks.Length + 1);
            _chunks[^1] = last == 0 ? NativeArray<T>.Empty : new(whole);
        }
        var needed = (rows - (last << ChunkBits)) * valuesPerRow;
        if (_chunks[last].Length < needed)
        {
            var larger = Math.Max(Math.Max(needed, _chunks[last].Length * 2), FirstRows * valuesPerRow);
            NativeArray<T>.Grow(ref _chunks[last], Math.Min(larger, whole));
        }
    }

    /// <summary>Asks the processor to bring a row's value near.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(int row) => CpuCache.Prefetch(ref this[row]);
}
