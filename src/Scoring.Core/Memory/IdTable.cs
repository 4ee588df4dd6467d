using System.Buffers.Binary;
using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Scoring.Core.Memory;

/// <summary>Texts as numbers 0, 1, 2 ... in the order they were added, as long as none is removed: the ids of customers, accounts, event types, features.</summary>
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
/// <para>
/// A text that is removed leaves its number to the next one, and its place to the next one that takes as much: so the table is no larger than
/// what the most numbers that there were at once take, and the most bytes of texts of each length.
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
    private int _numbers;

    // What removed texts left is lists, the next in the place of each: the free numbers, from the last one removed (+ 1; 0 for none), and for each
    // length in units of 4 bytes the free places (+ 1).
    private uint _freeNumber;
    private uint[] _freePlaces = [];

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
    public bool HasRoomFor(ReadOnlySpan<byte> text, int texts, long bytes) =>
        (Count < texts && Bytes + sizeof(ushort) + text.Length + UnitBytes <= bytes) || Find(text) >= 0;

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

    /// <summary>Adds a text that is not there yet; gives its number, the lowest that never was one or one that was removed.</summary>
    public int Add(ReadOnlySpan<byte> text, ulong hash) => Add(text, hash, atEnd: false);

    /// <summary>Adds a text that is not there yet under the lowest number that never was one.</summary>
    public int AddAtEnd(ReadOnlySpan<byte> text, ulong hash) => Add(text, hash, atEnd: true);

    /// <summary>Makes the lowest number that never was one as if its text had been removed; gives the number.</summary>
    public int AddRemoved()
    {
        _places.EnsureRows(_numbers + 1);
        SetFree(_numbers);
        return _numbers++;
    }

    private int Add(ReadOnlySpan<byte> text, ulong hash, bool atEnd)
    {
        Debug.Assert(Find(text, hash) < 0, "a text is added once");
        if ((atEnd || _freeNumber == 0) && _numbers == (int)NumberMask - 1)
        {
            throw new InvalidOperationException("A table holds at most 2^28 - 2 ids; use more partitions.");
        }
        var shard = Shard(hash);
        if ((_counts[shard] + 1) * 4L > _slots[shard].Length * 3L)
        {
            Resize(shard, Math.Max(FirstSlots, _slots[shard].Length * 2));
        }
        var number = TakeNumber(atEnd);
        _places[number] = Store(text);
        Place(_slots[shard], hash, number);
        _counts[shard]++;
        Count++;
        return number;
    }

    /// <summary>Removes a text. Its number and what was read of it must not be used any more.</summary>
    public void Remove(int number)
    {
        var place = _places[number];
        var text = this[number];
        var hash = HashOf(text);
        var units = UnitsOf(text.Length);
        RemoveSlot(hash, number);
        _counts[Shard(hash)]--;
        Count--;
        Bytes -= units * UnitBytes;
        SetFree(number);
        if (units >= _freePlaces.Length)
        {
            Array.Resize(ref _freePlaces, (int)units + 1);
        }
        Unsafe.WriteUnaligned(ref At(place, out _, out _), _freePlaces[units]);
        _freePlaces[units] = place + 1;
    }

    /// <summary>First step of a look-up that will follow: asks for the slot.</summary>
    public void PrefetchSlot(ulong hash)
    {
        var slots = _slots[Shard(hash)];
        if (slots.Length > 0)
        {
            CpuCache.Prefetch(ref slots[Home(hash, slots)]);
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
        CpuCache.Prefetch(ref start);
        // It need not begin with a line, and most are this long.
        CpuCache.Prefetch(ref Unsafe.Add(ref start, OrdinaryBytes));
    }

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

    private ulong HashOf(ReadOnlySpan<byte> text) => rehash?.Invoke(text.ToArray()) ?? TextHash.Of(text);

    /// <summary>Empties the slot of a number. Those behind it that would not be found any more move up.</summary>
    private void RemoveSlot(ulong hash, int number)
    {
        var slots = _slots[Shard(hash)];
        var last = slots.Length - 1;
        var gap = Home(hash, slots);
        while ((slots[gap] & NumberMask) != number + 1)
        {
            gap = (gap + 1) & last;
        }
        for (var at = (gap + 1) & last; slots[at] != 0; at = (at + 1) & last)
        {
            var home = Home(HashOf(this[(int)(slots[at] & NumberMask) - 1]), slots);
            // One that is looked for from behind the gap on stays.
            if (((at - home) & last) >= ((at - gap) & last))
            {
                slots[gap] = slots[at];
                gap = at;
            }
        }
        slots[gap] = 0;
    }

    private void SetFree(int number)
    {
        _places[number] = _freeNumber;
        _freeNumber = (uint)number + 1;
    }

    private int TakeNumber(bool atEnd)
    {
        if (atEnd || _freeNumber == 0)
        {
            _places.EnsureRows(_numbers + 1);
            return _numbers++;
        }
        var number = (int)_freeNumber - 1;
        _freeNumber = _places[number];
        return number;
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
                Place(slots, HashOf(this[number]), number);
            }
        }
        _slots[shard] = slots;
        old.Free();
    }

    private static uint UnitsOf(int length) => (uint)(sizeof(ushort) + length + UnitBytes - 1) / UnitBytes;

    /// <summary>Puts a text where there is room for it.</summary>
    private uint Store(ReadOnlySpan<byte> text)
    {
        var units = UnitsOf(text.Length);
        var place = TakePlace(units);
        At(place, out var chunk, out var offset);
        BinaryPrimitives.WriteUInt16LittleEndian(chunk.Slice(offset, sizeof(ushort)), checked((ushort)text.Length));
        text.CopyTo(chunk.Slice(offset + sizeof(ushort), text.Length));
        Bytes += units * UnitBytes;
        return place;
    }

    /// <summary>Room for a text that was removed, or at the end of the arena; a text never spans chunks.</summary>
    private uint TakePlace(uint units)
    {
        const int chunkUnits = (1 << ChunkBits) / UnitBytes;
        if (units < _freePlaces.Length && _freePlaces[units] is var free and > 0)
        {
            _freePlaces[units] = Unsafe.ReadUnaligned<uint>(ref At(free - 1, out _, out _));
            return free - 1;
        }
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
        _end += units;
        return place;
    }
}
