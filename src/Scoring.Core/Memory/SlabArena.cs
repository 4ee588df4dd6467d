using System.Runtime.CompilerServices;

namespace Scoring.Core.Memory;

/// <summary>Slabs of 64-bit words in some sizes, without gaps: when one is taken out, the last of its size moves into its place.</summary>
/// <remarks>
/// <para>
/// Memory is had in chunks of 256 KiB, each for slabs of one size; a place is the index of a slab's first word, 32 bits for 32 GiB. What is
/// not in use is less than one slab's rounding each, and one chunk a size. Nothing here is an object per slab, so the garbage
/// collector has nothing to do however many there are.
/// </para>
/// <para>Sizes rise by one step until a step is an eighth, then by an eighth.</para>
/// </remarks>
internal sealed class SlabArena
{
    private const int ChunkBits = 15;
    private const int ChunkWords = 1 << ChunkBits;
    private const int FirstSlabs = 16;
    private const int PrefetchedWords = 32;

    private readonly int[] _sizes;
    private readonly Pool[] _pools;
    private readonly Stack<int> _freeIndices = new();
    private NativeArray<ulong>[] _chunks = [];
    private byte[] _sizeOfChunk = [];

    /// <param name="first">Words of the smallest slab.</param>
    /// <param name="step">Words from one size to the next.</param>
    public SlabArena(int first, int step)
    {
        var sizes = new List<int>();
        for (var size = first; size < ChunkWords; size += Math.Max(step, size / 8))
        {
            sizes.Add(size);
        }
        sizes.Add(ChunkWords);
        _sizes = [.. sizes];
        _pools = [.. _sizes.Select(_ => new Pool())];
    }

    /// <summary>Words of the largest slab.</summary>
    public const int MostWords = ChunkWords;

    /// <summary>Words of all slabs.</summary>
    public long Words { get; private set; }

    /// <summary>Words of slabs of a size.</summary>
    public int WordsOf(int size) => _sizes[size];

    /// <summary>The slab at a place.</summary>
    public Span<ulong> this[uint place]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            var chunk = place >> ChunkBits;
            return _chunks[chunk].Slice((int)(place & (ChunkWords - 1)), _sizes[_sizeOfChunk[chunk]]);
        }
    }

    /// <summary>The size, as its number, of slabs of at least so many words.</summary>
    public int SizeFor(int words)
    {
        var size = Array.BinarySearch(_sizes, words);
        size = size < 0 ? ~size : size;
        return size < _sizes.Length
            ? size
            : throw new InvalidOperationException($"{words} words are more than a slab may have.");
    }

    /// <summary>The size of the slab at a place.</summary>
    public int SizeOf(uint place) => _sizeOfChunk[place >> ChunkBits];

    /// <summary>Adds a slab, of whatever content.</summary>
    public uint Add(int size)
    {
        var pool = _pools[size];
        var perChunk = ChunkWords / _sizes[size];
        var (chunk, slab) = Math.DivRem(pool.Count, perChunk);
        if (chunk == pool.Chunks.Count)
        {
            pool.Chunks.Add(AddChunk(size, isFirst: chunk == 0));
        }
        var index = pool.Chunks[chunk];
        var end = (slab + 1) * _sizes[size];
        if (_chunks[index].Length < end)
        {
            NativeArray<ulong>.Grow(ref _chunks[index], Math.Min(ChunkWords, _chunks[index].Length * 2));
        }
        pool.Count++;
        Words += _sizes[size];
        return ((uint)index << ChunkBits) | (uint)(end - _sizes[size]);
    }

    /// <summary>Takes a slab out; true when another, the last of its size, has moved to its place.</summary>
    public bool Remove(uint place)
    {
        var size = SizeOf(place);
        var pool = _pools[size];
        var perChunk = ChunkWords / _sizes[size];
        var (chunk, slab) = Math.DivRem(--pool.Count, perChunk);
        Words -= _sizes[size];
        var last = ((uint)pool.Chunks[chunk] << ChunkBits) | (uint)(slab * _sizes[size]);
        if (last != place)
        {
            this[last].CopyTo(this[place]);
        }
        if (slab == 0)
        {
            DropLastChunk(pool);
        }
        return last != place;
    }

    /// <summary>Asks for the first lines of a slab, where most of it lies.</summary>
    public void Prefetch(uint place)
    {
        var slab = this[place];
        CpuCache.Prefetch(slab[..Math.Min(slab.Length, PrefetchedWords)]);
    }

    private int AddChunk(int size, bool isFirst)
    {
        if (!_freeIndices.TryPop(out var index))
        {
            index = _chunks.Length;
            if (index > (int)(uint.MaxValue >> ChunkBits))
            {
                throw new InvalidOperationException(
                    "Facts take at most 32 GiB in one population; use more partitions."
                );
            }
            Array.Resize(ref _chunks, Math.Max(8, index * 2));
            Array.Resize(ref _sizeOfChunk, _chunks.Length);
            for (var free = _chunks.Length - 1; free > index; free--)
            {
                _freeIndices.Push(free);
            }
        }
        var words = isFirst ? Math.Min(ChunkWords, FirstSlabs * _sizes[size]) : ChunkWords;
        _chunks[index] = new(words);
        _sizeOfChunk[index] = (byte)size;
        return index;
    }

    private void DropLastChunk(Pool pool)
    {
        var index = pool.Chunks[^1];
        pool.Chunks.RemoveAt(pool.Chunks.Count - 1);
        _chunks[index].Free();
        _chunks[index] = NativeArray<ulong>.Empty;
        _freeIndices.Push(index);
    }

    private sealed class Pool
    {
        public List<int> Chunks { get; } = [];

        public int Count { get; set; }
    }
}
