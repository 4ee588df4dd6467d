using System.Numerics;
using System.Runtime.Intrinsics;
using Scoring.Core.Memory;

namespace Scoring.Engine.Duplicates;

/// <summary>Finds ids of the window by key: open addressing over ordinals, the keys staying in their blocks.</summary>
/// <remarks>
/// A slot has 32 bits of the key beside the ordinal, so that looking up, removing and growing read slots alone; a block is looked into
/// only for an id that was most likely seen before. Slots come in buckets of a cache line: an id stands in the first bucket from its home on that had
/// room, which is nearly always found within two, so filled as they may be. 8 bytes a slot at a load of 7/12 to 7/8: 9 to 14 an id. Divided into
/// shards that grow one at a time, so that no single event waits for the whole index to be rebuilt. Ordinals are held modulo 2^31; the window is far
/// smaller than that.
/// </remarks>
internal sealed class WindowIndex(Func<uint, UInt128> keyOf)
{
    // Of 64 partitions together as many objects as stay in a processor's cache, and in each few enough ids to rebuild a shard in a moment.
    private const int ShardBits = 3;
    private const int FewestSlots = 64;
    private const int BucketSlots = CpuCache.LineBytes / sizeof(ulong);
    private readonly Shard[] _shards = [.. Enumerable.Range(0, 1 << ShardBits).Select(_ => new Shard(keyOf))];

    /// <summary>The ordinal (modulo 2^31) of a key; false when it is not there.</summary>
    public bool TryFind(UInt128 key, out uint ordinal) => ShardOf(key).TryFind(key, out ordinal);

    /// <summary>Adds a key that is not there yet.</summary>
    public void Add(UInt128 key, uint ordinal) => ShardOf(key).Add((uint)key, ordinal);

    /// <summary>Removes a key that is there.</summary>
    public void Remove(UInt128 key, uint ordinal) => ShardOf(key).Remove((uint)key, ordinal);

    /// <summary>Makes room for so many keys in all at once, so that adding them need not rebuild anything.</summary>
    public void Reserve(int keys)
    {
        // Keys spread at random: with three standard deviations more than the average hardly a shard will grow.
        var average = keys >> ShardBits;
        var most = average + (3 * (int)Math.Sqrt(average));
        foreach (var shard in _shards)
        {
            shard.Reserve(most);
        }
    }

    /// <summary>Asks the processor for what a look-up of a key will touch.</summary>
    public void Prefetch(UInt128 key) => ShardOf(key).Prefetch((uint)key);

    private Shard ShardOf(UInt128 key) => _shards[(int)((ulong)(key >> 64) >> (64 - ShardBits))];

    private sealed class Shard(Func<uint, UInt128> keyOf)
    {
        // 0 is an empty slot, otherwise the low half of the key in the high half and the ordinal + 1 in the low.
        private NativeArray<ulong> _slots = new(FewestSlots);
        private int _count;

        public bool TryFind(UInt128 key, out uint ordinal)
        {
            for (var at = Home((uint)key); ; at = Next(at))
            {
                var bucket = new Bucket(ref _slots[at]);
                for (var found = bucket.WithHash((uint)key); found != 0; found &= found - 1)
                {
                    ordinal = OrdinalOf(_slots[at + BitOperations.TrailingZeroCount(found)]);
                    if (keyOf(ordinal) == key)
                    {
                        return true;
                    }
                }
                if (bucket.Empty != 0)
                {
                    ordinal = 0;
                    return false;
                }
            }
        }

        public void Add(uint hash, uint ordinal)
        {
            Reserve(_count + 1);
            Place(((ulong)hash << 32) | (ordinal + 1));
            _count++;
        }

        public void Reserve(int keys)
        {
            if (keys * 8L > _slots.Length * 7L)
            {
                Resize(SlotsFor(keys));
            }
        }

        public void Remove(uint hash, uint ordinal)
        {
            var at = Home(hash);
            var found = new Bucket(ref _slots[at]).WithOrdinal(ordinal);
            while (found == 0)
            {
                at = Next(at);
                found = new Bucket(ref _slots[at]).WithOrdinal(ordinal);
            }
            Vacate(at, BitOperations.TrailingZeroCount(found));
            _count--;
            if (_slots.Length > FewestSlots && _count * 3L < _slots.Length)
            {
                Resize(Math.Max(FewestSlots, _slots.Length / 2));
            }
        }

        public void Prefetch(uint hash)
        {
            var home = Home(hash);
            CpuCache.Prefetch(ref _slots[home]);
            CpuCache.Prefetch(ref _slots[Next(home)]);
        }

        private static uint OrdinalOf(ulong slot) => (uint)slot - 1;

        /// <summary>Empties a slot. If its bucket was full, one that passed it by for that moves up from the buckets behind.</summary>
        private void Vacate(int bucket, int slot)
        {
            while (true)
            {
                var wasFull = new Bucket(ref _slots[bucket]).Empty == 0;
                _slots[bucket + slot] = 0;
                if (!wasFull || !TryFindLater(bucket, out var later, out var laterSlot))
                {
                    return;
                }
                _slots[bucket + slot] = _slots[later + laterSlot];
                (bucket, slot) = (later, laterSlot);
            }
        }

        /// <summary>The first slot behind a bucket whose home is not behind it.</summary>
        private bool TryFindLater(int bucket, out int later, out int slot)
        {
            for (later = Next(bucket); ; later = Next(later))
            {
                for (slot = 0; slot < BucketSlots; slot++)
                {
                    var content = _slots[later + slot];
                    if (content != 0 && Distance(Home((uint)(content >> 32)), later) >= Distance(bucket, later))
                    {
                        return true;
                    }
                }
                if (new Bucket(ref _slots[later]).Empty != 0)
                {
                    return false;
                }
            }
        }

        private int SlotsFor(int keys)
        {
            var slots = _slots.Length;
            while (keys * 8L > slots * 7L)
            {
                // 2, 3, 4, 6, 8 ... times the fewest: sizes of which nothing is lost between others.
                slots = BitOperations.IsPow2(slots) ? slots / 2 * 3 : slots / 3 * 4;
            }
            return slots;
        }

        private void Place(ulong slot)
        {
            var at = Home((uint)(slot >> 32));
            var empty = new Bucket(ref _slots[at]).Empty;
            while (empty == 0)
            {
                at = Next(at);
                empty = new Bucket(ref _slots[at]).Empty;
            }
            _slots[at + BitOperations.TrailingZeroCount(empty)] = slot;
        }

        private void Resize(int slots)
        {
            var old = _slots;
            _slots = new(slots);
            foreach (var slot in old.Span)
            {
                if (slot != 0)
                {
                    Place(slot);
                }
            }
            old.Free();
        }

        /// <summary>Where the first bucket for a key begins.</summary>
        private int Home(uint hash) => (int)(((ulong)hash * (uint)(_slots.Length / BucketSlots)) >> 32) * BucketSlots;

        private int Next(int bucket) => bucket + BucketSlots == _slots.Length ? 0 : bucket + BucketSlots;

        private int Distance(int from, int to) => to >= from ? to - from : to - from + _slots.Length;
    }

    /// <summary>The slots of a cache line, looked at together; each answer has one bit a slot.</summary>
    private readonly struct Bucket(ref readonly ulong first)
    {
        private readonly Vector512<ulong> _slots = Vector512.LoadUnsafe(in first);

        public ulong Empty => Vector512.Equals(_slots, Vector512<ulong>.Zero).ExtractMostSignificantBits();

        public ulong WithHash(uint hash) =>
            Vector512.Equals(_slots >>> 32, Vector512.Create((ulong)hash)).ExtractMostSignificantBits() & ~Empty;

        public ulong WithOrdinal(uint ordinal) =>
            Vector512
                .Equals(_slots & Vector512.Create((ulong)uint.MaxValue), Vector512.Create((ulong)ordinal + 1))
                .ExtractMostSignificantBits();
    }
}
