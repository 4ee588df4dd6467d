using System.Buffers;
using Scoring.Core.Recording;
using Scoring.Engine.Journal;
using Scoring.Engine.Storage;
using Scoring.Engine.Workspaces;

namespace Scoring.Engine.Hosting;

/// <summary>Divides batches by partition into commands that fit into journal entries. The order within a partition is kept.</summary>
/// <remarks>First it is noted where each item goes, then all are copied into one buffer, those of a partition side by side.</remarks>
internal ref struct BatchSplitter
{
    private readonly int[] _bytes;
    private readonly Item[] _items;
    private int _count;
    private int _all;

    private BatchSplitter(int items, int partitions)
    {
        _bytes = ArrayPool<int>.Shared.Rent(partitions);
        _bytes.AsSpan(0, partitions).Clear();
        _items = ArrayPool<Item>.Shared.Rent(items);
    }

    /// <summary>The commands that record events.</summary>
    public static IReadOnlyList<HostPart> Split(EventBatch batch, EngineWorkspace workspace, int partitions)
    {
        var splitter = new BatchSplitter(batch.Count, partitions);
        var events = batch.GetEnumerator();
        while (events.MoveNext())
        {
            splitter.Add(workspace.Hash.Of(events.CurrentCustomerId), events.CurrentEncoded.Length);
        }
        return splitter.Finish(batch.Encoded.Span, partitions);
    }

    /// <summary>The commands that add or change customers.</summary>
    public static IReadOnlyList<HostPart> Split(
        IReadOnlyList<CustomerUpdate> customers,
        EngineWorkspace workspace,
        int partitions
    ) => Split(customers, customer => customer.CustomerId, UpdateCodec.Write, workspace, partitions);

    /// <summary>The commands that add or change accounts.</summary>
    public static IReadOnlyList<HostPart> Split(
        IReadOnlyList<AccountUpdate> accounts,
        EngineWorkspace workspace,
        int partitions
    ) => Split(accounts, account => account.AccountId, UpdateCodec.Write, workspace, partitions);

    private static HostPart[] Split<T>(
        IReadOnlyList<T> items,
        Func<T, string> idOf,
        Action<BlobWriter, int, T> write,
        EngineWorkspace workspace,
        int partitions
    )
    {
        var splitter = new BatchSplitter(items.Count, partitions);
        using var encoded = new BlobWriter();
        for (var i = 0; i < items.Count; i++)
        {
            var start = encoded.Length;
            write(encoded, i, items[i]);
            splitter.Add(workspace.Hash.Of(idOf(items[i])), encoded.Length - start);
        }
        return splitter.Finish(encoded.Written, partitions);
    }

    /// <summary>Notes the next item.</summary>
    private void Add(int partition, int bytes)
    {
        _items[_count++] = new(partition, bytes);
        _bytes[partition] += bytes;
        _all += bytes;
    }

    /// <param name="encoded">The items, one behind the other as they were noted.</param>
    /// <param name="partitions">How many partitions there are.</param>
    private readonly HostPart[] Finish(ReadOnlySpan<byte> encoded, int partitions)
    {
        var buffer = new BlobWriter.Shared(_all);
        try
        {
            var parts = new List<HostPart>(Math.Min(_count, partitions));
            // From here on: where the next item of a partition goes, and where its open command begins.
            var next = _bytes.AsSpan(0, partitions);
            var open = ArrayPool<int>.Shared.Rent(partitions);
            for (var (partition, start) = (0, 0); partition < partitions; partition++)
            {
                (open[partition], start, next[partition]) = (start, start + next[partition], start);
            }
            foreach (ref readonly var item in _items.AsSpan(0, _count))
            {
                ref var at = ref next[item.Partition];
                ref var first = ref open[item.Partition];
                if (at > first && at + item.Bytes - first > JournalEntry.FullBytes)
                {
                    parts.Add(new(item.Partition, buffer.Piece(first, at - first)));
                    first = at;
                }
                encoded[..item.Bytes].CopyTo(buffer.Buffer.AsSpan(at));
                encoded = encoded[item.Bytes..];
                at += item.Bytes;
            }
            for (var partition = 0; partition < partitions; partition++)
            {
                if (next[partition] > open[partition])
                {
                    parts.Add(new(partition, buffer.Piece(open[partition], next[partition] - open[partition])));
                }
            }
            ArrayPool<int>.Shared.Return(open);
            return [.. parts];
        }
        finally
        {
            buffer.Release();
            ArrayPool<int>.Shared.Return(_bytes);
            ArrayPool<Item>.Shared.Return(_items);
        }
    }

    private readonly record struct Item(int Partition, int Bytes);
}
