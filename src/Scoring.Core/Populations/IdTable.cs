using System.Buffers.Binary;
using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Scoring.Core.Populations;

/// <summary>Texts as numbers 0, 1, 2 ... in the order they were added: the ids of customers, accounts, event types, features.</summary>
/// <remarks>
/// <para>
/// A number's text lies in an arena: its length as u16, then its UTF-8, begun at a multiple of 4 bytes so that 32 bits address 16 GiB. A
/// number is found by open addressing over slots of 32 bits: number + 1 in the low 28, in the high 4 a piece of the hash, so that most
/// slots of other ids are passed without looking at them. Without its text an id takes 4 bytes for its place and 5 to 11 for its slot.
/// </para>
/// <para>
/// The slots are divided into shards that grow one at a time, at most 3/4 full: no single event waits for the whole index to be
/// rebuilt. At most 2^28 - 2 texts.
/// </para>
/// </remarks>
/// <param name="places">Where the places of texts are kept, each the first value of its number's row; a column of its own when null.</param>
/// <param name="rehash">Stands in for <see cref="TextHash"/>, so that a test can make ids collide.</param>
internal sealed class IdTable(Column<uint>? places = null, Func<byte[], ulong>? rehash = null)
{
    private const int ShardBits = 6;
    private const int FirstSlots = 8;
    private const int OrdinaryBytes = 18;
    private const int NumberBits = 28;
    private const uint NumberMask = (1u << NumberBits) - 1;
    private const int UnitBytes = 4;
    private const int ChunkBits = 18;
    private const int FirstChunkBytes = 512;

    private readonly NativeArray<uint>[] _slots = [.. Enumerable.Repeat(NativeArray<uint>.Empty, 1 << ShardBits)];
    private readonly int[] _counts = new int[1 << ShardBits];
    private readonly Column<uint> _places = places ?? new();
    private NativeArray<byte>[] _arena = [];
    private uint _end;

    /// <summary>Number of texts.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of all texts with their lengths, rounded up to 4 each.</summary>
    public long Bytes { get; private set; }

    /// <summary>The text of a number, in UTF-8.</summary>
    public ReadOnlySpan<byte> this[int number]
    {
        get
        {
            ref var start = ref At(_places[number], out var chunk, out var offset);
            return chunk.Slice(offset + sizeof(ushort), Unsafe.ReadUnaligned<ushort>(ref start));
        }
    }

    /// <summary>The number of a text; -1 when it has none.</summary>
    public int Find(ReadOnlySpan<byte> text) => Find(text, TextHash.Of(text));

    /// <summary>The number of a text; -1 when it has none.</summary>
    /// <param name="text">The text.</param>
    /// <param name="hash">Its <see cref="TextHash"/>.</param>
    public int Find(ReadOnlySpan<byte> text, ulong hash)
    {
        var slots = _slots[Shard(hash)];
        if (slots.Length == 0)
        {
            return -1;
        }
        var tag = Tag(hash);
        for (var at = Home(hash, slots); ; at = (at + 1) & (slots.Length - 1))
        {
            var slot = slots[at];
            if (slot == 0)
            {
                return -1;
            }
            if (slot >> NumberBits == tag && this[(int)(slot & NumberMask) - 1].SequenceEqual(text))
            {
                return (int)(slot & NumberMask) - 1;
            }
        }
    }

    /// <summary>Whether a number is that of a text; false for -1.</summary>
    public bool Is(int number, ReadOnlySpan<byte> text) => number >= 0 && this[number].SequenceEqual(text);

    /// <summary>Whether a text is there or may be added within bounds.</summary>
    public bool HasRoomFor(ReadOnlySpan<byte> text, PopulationBounds bounds) =>
        (Count < bounds.Customers && Bytes + MostBytesOf(text) <= bounds.IdBytes) || Find(text) >= 0;

    /// <summary>Bytes that a text takes at most.</summary>
    public static int MostBytesOf(ReadOnlySpan<byte> text) => sizeof(ushort) + text.Length + UnitBytes;

    /// <summary>Bytes of a text with its length, rounded up to 4.</summary>
    public static int BytesOf(ReadOnlySpan<byte> text) => (int)UnitsOf(text) * UnitBytes;

    /// <summary>Makes room for so many texts in all at once, so that adding them need not rebuild anything.</summary>
    public void Reserve(int texts)
    {
        var slots = BitOperations.RoundUpToPowerOf2((uint)((texts >> ShardBits) * 4L / 3));
        for (var shard = 0; shard < _slots.Length && slots > FirstSlots; shard++)
        {
            if (_slots[shard].Length < slots)
            {
                Resize(shard, (int)slots);
            }
        }
    }

    /// <summary>Adds a text that is not there yet; gives its number.</summary>
    public int Add(ReadOnlySpan<byte> text, ulong hash)
    {
        Debug.Assert(Find(text, hash) < 0, "a text is added once");
        if (Count == (int)NumberMask - 1)
        {
            throw new InvalidOperationException("A table holds at most 2^28 - 2 ids; use more partitions.");
        }
        var shard = Shard(hash);
        if ((_counts[shard] + 1) * 4L > _slots[shard].Length * 3L)
        {
            Resize(shard, Math.Max(FirstSlots, _slots[shard].Length * 2));
        }
        var number = Count++;
        _places.EnsureRows(Count);
        _places[number] = Store(text);
        Place(_slots[shard], hash, number);
        _counts[shard]++;
        return number;
    }

    /// <summary>First step of a look-up that will follow: asks for the slot.</summary>
    public void PrefetchSlot(ulong hash)
    {
        var slots = _slots[Shard(hash)];
        if (slots.Length > 0)
        {
            Memory.Prefetch(ref slots[Home(hash, slots)]);
        }
    }

    /// <summary>
    /// Second step: the number that the look-up will most likely find, judged by the slots alone, whose place is asked for;
    /// -1 when it will find none.
    /// </summary>
    public int PrefetchPlace(ulong hash)
    {
        var slots = _slots[Shard(hash)];
        if (slots.Length == 0)
        {
            return -1;
        }
        var tag = Tag(hash);
        for (var at = Home(hash, slots); slots[at] != 0; at = (at + 1) & (slots.Length - 1))
        {
            if (slots[at] >> NumberBits == tag)
            {
                var number = (int)(slots[at] & NumberMask) - 1;
                _places.Prefetch(number);
                return number;
            }
        }
        return -1;
    }

    /// <summary>Third step: asks for the text.</summary>
    public void PrefetchText(int number)
    {
        ref var start = ref At(_places[number], out _, out _);
        Memory.Prefetch(ref start);
        // It need not begin with a line, and most are this long.
        Memory.Prefetch(ref Unsafe.Add(ref start, OrdinaryBytes));
    }

    private static uint UnitsOf(ReadOnlySpan<byte> text) =>
        (uint)(sizeof(ushort) + text.Length + UnitBytes - 1) / UnitBytes;

    private static int Shard(ulong hash) => (int)(hash >> (64 - ShardBits));

    private static uint Tag(ulong hash) => (uint)(hash >> (64 - ShardBits - (32 - NumberBits))) & 0xF;

    private static int Home(ulong hash, NativeArray<uint> slots) => (int)((uint)hash & (uint)(slots.Length - 1));

    private static void Place(NativeArray<uint> slots, ulong hash, int number)
    {
        var at = Home(hash, slots);
        while (slots[at] != 0)
        {
            at = (at + 1) & (slots.Length - 1);
        }
        slots[at] = (Tag(hash) << NumberBits) | (uint)(number + 1);
    }

    private ref byte At(uint place, out NativeArray<byte> chunk, out int offset)
    {
        chunk = _arena[place >> (ChunkBits - 2)];
        offset = (int)(place & ((1u << (ChunkBits - 2)) - 1)) * UnitBytes;
        return ref chunk[offset];
    }

    private void Resize(int shard, int length)
    {
        var old = _slots[shard];
        var slots = new NativeArray<uint>(length);
        foreach (var slot in old.Span)
        {
            if (slot != 0)
            {
                var number = (int)(slot & NumberMask) - 1;
                Place(slots, rehash?.Invoke(this[number].ToArray()) ?? TextHash.Of(this[number]), number);
            }
        }
        _slots[shard] = slots;
        old.Free();
    }

    /// <summary>Puts a text at the end of the arena; a text never spans chunks.</summary>
    private uint Store(ReadOnlySpan<byte> text)
    {
        const int chunkUnits = (1 << ChunkBits) / UnitBytes;
        var units = UnitsOf(text);
        if (_end > uint.MaxValue - (2 * chunkUnits))
        {
            throw new InvalidOperationException("Ids take at most 16 GiB in one table; use more partitions.");
        }
        if ((_end % chunkUnits) + units > chunkUnits)
        {
            _end = ((_end / chunkUnits) + 1) * chunkUnits;
        }
        var place = _end;
        var index = (int)(place / chunkUnits);
        var needed = (int)((place % chunkUnits) + units) * UnitBytes;
        if (index == _arena.Length)
        {
            Array.Resize(ref _arena, index + 1);
            _arena[index] = new(index == 0 ? FirstChunkBytes : 1 << ChunkBits);
        }
        if (_arena[index].Length < needed)
        {
            NativeArray<byte>.Grow(ref _arena[index], (int)BitOperations.RoundUpToPowerOf2((uint)needed));
        }
        At(place, out var chunk, out var offset);
        BinaryPrimitives.WriteUInt16LittleEndian(chunk.Slice(offset, sizeof(ushort)), checked((ushort)text.Length));
        text.CopyTo(chunk.Slice(offset + sizeof(ushort), text.Length));
        _end += units;
        Bytes += units * UnitBytes;
        return place;
    }
}
