using System.Numerics;

namespace Scoring.Engine.Duplicates;

/// <summary>Finds ids of the window by key: open addressing over ordinals, the keys staying in their blocks.</summary>
/// <remarks>
/// 4 bytes a slot at a load of 3/8 to 3/4. Divided into shards that grow one at a time, so that no single event waits for the whole index
/// to be rebuilt. Ordinals are held modulo 2^31; the window is far smaller than that.
/// </remarks>
internal sealed class WindowIndex(Func<uint, UInt128> keyOf)
{
    private const int ShardBits = 6;
    private const int InitialSlots = 64;
    private readonly Shard[] _shards = [.. Enumerable.Range(0, 1 << ShardBits).Select(_ => new Shard(keyOf))];

    /// <summary>The ordinal (modulo 2^31) of a key; false when it is not there.</summary>
    public bool TryFind(UInt128 key, out uint ordinal) => ShardOf(key).TryFind(key, out ordinal);

    /// <summary>Adds a key that is not there yet.</summary>
    public void Add(UInt128 key, uint ordinal) => ShardOf(key).Add(key, ordinal);

    /// <summary>Removes a key that is there.</summary>
    public void Remove(UInt128 key) => ShardOf(key).Remove(key);

    private Shard ShardOf(UInt128 key) => _shards[(int)((ulong)(key >> 64) >> (64 - ShardBits))];

    private sealed class Shard(Func<uint, UInt128> keyOf)
    {
        // 0 is an empty slot, otherwise the ordinal + 1.
        private uint[] _slots = new uint[InitialSlots];
        private int _count;

        public bool TryFind(UInt128 key, out uint ordinal)
        {
            for (var at = Home(key); _slots[at] != 0; at = Next(at))
            {
                ordinal = _slots[at] - 1;
                if (keyOf(ordinal) == key)
                {
                    return true;
                }
            }
            ordinal = 0;
            return false;
        }

        public void Add(UInt128 key, uint ordinal)
        {
            if ((_count + 1) * 4L > _slots.Length * 3L)
            {
                Resize(_slots.Length * 2);
            }
            Place(key, ordinal + 1);
            _count++;
        }

        public void Remove(UInt128 key)
        {
            var gap = Home(key);
            while (keyOf(_slots[gap] - 1) != key)
            {
                gap = Next(gap);
            }
            // Entries behind the gap move up unless that would put them before their home.
            for (var at = Next(gap); _slots[at] != 0; at = Next(at))
            {
                var home = Home(keyOf(_slots[at] - 1));
                if (((at - home) & (_slots.Length - 1)) >= ((at - gap) & (_slots.Length - 1)))
                {
                    _slots[gap] = _slots[at];
                    gap = at;
                }
            }
            _slots[gap] = 0;
            _count--;
            if (_slots.Length > InitialSlots && _count * 8L < _slots.Length)
            {
                Resize((int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(InitialSlots, _count * 2)));
            }
        }

        private void Place(UInt128 key, uint slot)
        {
            var at = Home(key);
            while (_slots[at] != 0)
            {
                at = Next(at);
            }
            _slots[at] = slot;
        }

        private void Resize(int slots)
        {
            var old = _slots;
            _slots = new uint[slots];
            foreach (var slot in old)
            {
                if (slot != 0)
                {
                    Place(keyOf(slot - 1), slot);
                }
            }
        }

        private int Home(UInt128 key) => (int)((uint)key & (uint)(_slots.Length - 1));

        private int Next(int at) => (at + 1) & (_slots.Length - 1);
    }
}
