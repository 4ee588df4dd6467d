using System.Numerics;
using Scoring.Core.Memory;

namespace Scoring.Engine.Duplicates;

/// <summary>Finds ids of the window by key: open addressing over ordinals, the keys staying in their blocks.</summary>
/// <remarks>
/// A slot has 32 bits of the key beside the ordinal, so that looking up, removing and growing read slots alone; a block is looked into
/// only for an id that was most likely seen before. 8 bytes a slot at a load of 7/12 to 7/8: 9 to 14 an id. Divided into shards that
/// grow one at a time, so that no single event waits for the whole index to be rebuilt. Ordinals are held modulo 2^31; the window is
/// far smaller than that.
/// </remarks>
internal sealed class WindowIndex(Func<uint, UInt128> keyOf)
{
    // Of 64 partitions together as many objects as stay in a processor's cache, and in each few enough ids to rebuild a shard in a moment.
    private const int ShardBits = 3;
    private const int FewestSlots = 64;
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
        private const int SlotsLookedAt = 6;

        // 0 is an empty slot, otherwise the low half of the key in the high half and the ordinal + 1 in the low.
        private NativeArray<ulong> _slots = new(FewestSlots);
        private int _count;

        public bool TryFind(UInt128 key, out uint ordinal)
        {
            for (var at = Home((uint)key); _slots[at] != 0; at = Next(at))
            {
                ordinal = OrdinalOf(_slots[at]);
                if (HashOf(_slots[at]) == (uint)key && keyOf(ordinal) == key)
                {
                    return true;
                }
            }
            ordinal = 0;
            return false;
        }

        public void Add(uint hash, uint ordinal)
        {
            Reserve(_count + 1);
            Place(SlotOf(hash, ordinal));
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
            var gap = Home(hash);
            while (OrdinalOf(_slots[gap]) != ordinal)
            {
                gap = Next(gap);
            }
            // Slots behind the gap move up unless that would put them before their home.
            for (var at = Next(gap); _slots[at] != 0; at = Next(at))
            {
                if (Distance(Home(HashOf(_slots[at])), at) >= Distance(gap, at))
                {
                    _slots[gap] = _slots[at];
                    gap = at;
                }
            }
            _slots[gap] = 0;
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
            // Where an id is not there, the slots behind are looked at too, often into the next line.
            CpuCache.Prefetch(ref _slots[Math.Min(home + SlotsLookedAt, _slots.Length - 1)]);
        }

        private static ulong SlotOf(uint hash, uint ordinal) => ((ulong)hash << 32) | (ordinal + 1);

        private static uint HashOf(ulong slot) => (uint)(slot >> 32);

        private static uint OrdinalOf(ulong slot) => (uint)slot - 1;

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
            var at = Home(HashOf(slot));
            while (_slots[at] != 0)
            {
                at = Next(at);
            }
            _slots[at] = slot;
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

        private int Home(uint hash) => (int)(((ulong)hash * (uint)_slots.Length) >> 32);

        private int Next(int at) => at + 1 == _slots.Length ? 0 : at + 1;

        private int Distance(int from, int to) => to >= from ? to - from : to - from + _slots.Length;
    }
}
