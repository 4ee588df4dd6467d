using Scoring.Core.Recording;
using Scoring.Engine.Hosting;
using Scoring.Engine.Journal;
using Scoring.Engine.Storage;
using Scoring.Engine.Workspaces;

namespace Scoring.Engine.Partitions;

/// <summary>Divides batches by partition into commands that fit into journal entries. The order within a partition is kept.</summary>
/// <param name="partitions">How many partitions there are.</param>
/// <param name="likelyBytes">Bytes that one partition is likely to get.</param>
internal sealed class BatchSplitter(int partitions, int likelyBytes = 256)
{
    private readonly BlobWriter?[] _open = new BlobWriter?[partitions];
    private readonly List<HostPart> _parts = [];

    /// <summary>The commands that record events.</summary>
    public static IReadOnlyList<HostPart> Split(EventBatch batch, EngineWorkspace workspace, int partitions)
    {
        if (batch.Count == 1)
        {
            return [Single(batch, workspace)];
        }
        var share = batch.Encoded.Length / partitions;
        var likely = Math.Min(share + (share / 4), JournalEntry.FullBytes);
        var splitter = new BatchSplitter(partitions, likely);
        var events = batch.GetEnumerator();
        while (events.MoveNext())
        {
            var partition = workspace.Hash.Of(events.CurrentCustomerId);
            splitter.Payload(partition, events.CurrentEncoded.Length).Bytes(events.CurrentEncoded);
        }
        return splitter.Finish();
    }

    /// <summary>The commands that add or change customers.</summary>
    public static IReadOnlyList<HostPart> Split(
        IReadOnlyList<CustomerUpdate> customers,
        EngineWorkspace workspace,
        int partitions
    )
    {
        var splitter = new BatchSplitter(partitions);
        for (var i = 0; i < customers.Count; i++)
        {
            var partition = workspace.Hash.Of(customers[i].CustomerId);
            UpdateCodec.Write(splitter.Payload(partition, 0), i, customers[i]);
        }
        return splitter.Finish();
    }

    /// <summary>The commands that add or change accounts.</summary>
    public static IReadOnlyList<HostPart> Split(
        IReadOnlyList<AccountUpdate> accounts,
        EngineWorkspace workspace,
        int partitions
    )
    {
        var splitter = new BatchSplitter(partitions);
        for (var i = 0; i < accounts.Count; i++)
        {
            var partition = workspace.Hash.Of(accounts[i].AccountId);
            UpdateCodec.Write(splitter.Payload(partition, 0), i, accounts[i]);
        }
        return splitter.Finish();
    }

    private static HostPart Single(EventBatch batch, EngineWorkspace workspace)
    {
        var events = batch.GetEnumerator();
        events.MoveNext();
        var payload = new BlobWriter(batch.Encoded.Length);
        payload.Bytes(events.CurrentEncoded);
        return new(workspace.Hash.Of(events.CurrentCustomerId), payload);
    }

    /// <summary>The payload of a partition's command with room for some more bytes.</summary>
    private BlobWriter Payload(int partition, int bytes)
    {
        ref var payload = ref _open[partition];
        if (payload is not null && payload.Length + bytes > JournalEntry.FullBytes)
        {
            _parts.Add(new(partition, payload));
            payload = null;
        }
        return payload ??= new BlobWriter(Math.Max(bytes, likelyBytes));
    }

    private List<HostPart> Finish()
    {
        for (var i = 0; i < _open.Length; i++)
        {
            if (_open[i] is { } payload)
            {
                _parts.Add(new(i, payload));
            }
        }
        return _parts;
    }
}
