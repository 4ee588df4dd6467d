using System.IO.Hashing;
using System.Runtime.InteropServices;
using Scoring.Core.Recording;
using Scoring.Core.Time;
using Scoring.Postgres;

namespace Scoring.Cluster.Customers;

/// <summary>The newest event ids of one customer, in the order they were received.</summary>
/// <remarks>
/// Stored in blocks of <see cref="BlockIds"/>, so that a customer with many events does not have all its ids written again with every
/// event. Forgets by times of receipt, never by the clock. An id takes 32 bytes in memory and in the store.
/// </remarks>
internal sealed class EventIdWindow
{
    /// <summary>Ids of a block; block n holds the ordinals from n x BlockIds.</summary>
    public const int BlockIds = StoredEventId.BlockIds;

    // Below this, looking through all of them is faster than a dictionary, and takes no memory.
    private const int FewIds = 64;

    private readonly List<StoredEventId> _ids = [];
    private Dictionary<UInt128, ulong>? _index;
    private long _head;
    private long _written;
    private int _firstStored = int.MaxValue;

    /// <summary>Ids that are remembered.</summary>
    public int Count => _ids.Count;

    /// <summary>The first block that is still needed.</summary>
    public int FirstBlock => (int)(_head / BlockIds);

    /// <summary>Whether blocks are in the store that are no longer needed.</summary>
    public bool HasForgottenBlocks => _firstStored < FirstBlock;

    private long Tail => _head + _ids.Count;

    /// <summary>What is known of an event that has an id; null when it was not seen, otherwise whether its content was the same.</summary>
    public bool? Find(EventBatch.Enumerator item)
    {
        var key = KeyOf(item);
        if (_index is not null)
        {
            return _index.TryGetValue(key, out var content) ? content == ContentOf(item) : null;
        }
        foreach (ref readonly var id in CollectionsMarshal.AsSpan(_ids))
        {
            if (id.Key == key)
            {
                return id.Content == ContentOf(item);
            }
        }
        return null;
    }

    /// <summary>Remembers an event that was not seen.</summary>
    public void Add(EventBatch.Enumerator item, Instant receivedAt)
    {
        var received = _ids.Count == 0 ? receivedAt.Ticks : Math.Max(receivedAt.Ticks, _ids[^1].ReceivedTicks);
        Add(new(KeyOf(item), ContentOf(item), received));
    }

    /// <summary>Forgets what need not be remembered by the time that events were received.</summary>
    public void Expire(Instant receivedAt, ClusterOptions options)
    {
        if (_ids.Count == 0)
        {
            return;
        }
        // A clock that was set back must not keep ids longer; one that ran ahead for a while must not forget the newest.
        var oldestKept = Math.Max(receivedAt.Ticks, _ids[^1].ReceivedTicks) - options.DuplicateWindow.Ticks;
        var gone = Math.Max(0, _ids.Count - options.DuplicateWindowMaximum);
        while (gone < _ids.Count - options.DuplicateWindowMinimum && _ids[gone].ReceivedTicks <= oldestKept)
        {
            gone++;
        }
        Forget(gone);
    }

    /// <summary>The blocks that changed since the window was last written.</summary>
    public IEnumerable<(int Block, byte[] Ids)> ChangedBlocks()
    {
        var first = Math.Max(_written, _head);
        for (var block = first / BlockIds; first < Tail && block * BlockIds < Tail; block++)
        {
            var begin = (int)((block * BlockIds) - _head);
            var end = (int)(Math.Min((block + 1) * BlockIds, Tail) - _head);
            yield return ((int)block, Encode(CollectionsMarshal.AsSpan(_ids)[begin..end]));
        }
    }

    /// <summary>Notes that the store has everything.</summary>
    public void Written()
    {
        _written = Tail;
        _firstStored = _ids.Count == 0 ? int.MaxValue : FirstBlock;
    }

    /// <summary>Adds a block from the store; blocks come by rising number.</summary>
    /// <exception cref="InvalidDataException">The bytes are not ids.</exception>
    public void Restore(int block, ReadOnlySpan<byte> ids)
    {
        var restored = StoredEventId.ReadBlock(ids);
        if (_ids.Count == 0)
        {
            // Ids are forgotten by whole blocks: the first one begins at its beginning.
            _head = (long)block * BlockIds;
            _firstStored = block;
        }
        foreach (var id in restored)
        {
            Add(id);
        }
        _written = Tail;
    }

    private static byte[] Encode(ReadOnlySpan<StoredEventId> ids)
    {
        var encoded = new byte[ids.Length * StoredEventId.Bytes];
        for (var i = 0; i < ids.Length; i++)
        {
            ids[i].Write(encoded.AsSpan(i * StoredEventId.Bytes));
        }
        return encoded;
    }

    /// <summary>What an event is known by in its workspace.</summary>
    public static UInt128 KeyOf(EventBatch.Enumerator item) =>
        XxHash128.HashToUInt128(item.CurrentIds, item.CurrentEventIdLength);

    /// <summary>Stands for all that an event says.</summary>
    public static ulong ContentOf(EventBatch.Enumerator item) => XxHash3.HashToUInt64(item.CurrentContent);

    private void Add(StoredEventId id)
    {
        _ids.Add(id);
        if (_index is not null)
        {
            _index[id.Key] = id.Content;
        }
        else if (_ids.Count > FewIds)
        {
            _index = _ids.ToDictionary(known => known.Key, known => known.Content);
        }
    }

    private void Forget(int count)
    {
        // Whole blocks only, so that a block is written once more at most; what is left of one stays a little longer.
        count -= (int)((_head + count) % BlockIds);
        if (count <= 0)
        {
            return;
        }
        for (var i = 0; i < count; i++)
        {
            _index?.Remove(_ids[i].Key);
        }
        _ids.RemoveRange(0, count);
        _head += count;
        if (_ids.Count <= FewIds)
        {
            _index = null;
        }
    }
}
