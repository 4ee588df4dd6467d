using Scoring.Core.Recording;
using Scoring.Engine.Journal;
using Scoring.Engine.Storage;
using Scoring.Engine.Workspaces;

namespace Scoring.Engine.Partitions;

/// <summary>Divides batches by partition into commands that fit into journal entries. The order within a partition is kept.</summary>
/// <param name="workspace">The workspace.</param>
/// <param name="partitions">How many partitions there are.</param>
/// <param name="kind">What the commands are to do.</param>
/// <param name="likelyBytes">Bytes that one partition is likely to get.</param>
internal sealed class BatchSplitter(EngineWorkspace workspace, int partitions, CommandKind kind, int likelyBytes = 256)
{
    private readonly BlobWriter?[] _open = new BlobWriter?[partitions];

    public static void Split(EventBatch batch, EngineWorkspace workspace, int partitions, WriteCall call)
    {
        if (batch.Count == 1)
        {
            AddSingle(batch, workspace, call);
            return;
        }
        var share = batch.Encoded.Length / partitions;
        var likely = Math.Min(share + (share / 4), JournalEntry.FullBytes);
        var splitter = new BatchSplitter(workspace, partitions, CommandKind.RecordEvents, likely);
        var events = batch.GetEnumerator();
        while (events.MoveNext())
        {
            var partition = workspace.Hash.Of(events.CurrentCustomerId);
            splitter.Payload(partition, events.CurrentEncoded.Length, call).Bytes(events.CurrentEncoded);
        }
        splitter.Finish(call);
    }

    public static void Split(
        IReadOnlyList<CustomerUpdate> customers,
        EngineWorkspace workspace,
        int partitions,
        WriteCall call
    )
    {
        var splitter = new BatchSplitter(workspace, partitions, CommandKind.UpsertCustomers);
        for (var i = 0; i < customers.Count; i++)
        {
            var partition = workspace.Hash.Of(customers[i].CustomerId);
            UpdateCodec.Write(splitter.Payload(partition, 0, call), i, customers[i]);
        }
        splitter.Finish(call);
    }

    public static void Split(
        IReadOnlyList<AccountUpdate> accounts,
        EngineWorkspace workspace,
        int partitions,
        WriteCall call
    )
    {
        var splitter = new BatchSplitter(workspace, partitions, CommandKind.UpsertAccounts);
        for (var i = 0; i < accounts.Count; i++)
        {
            var partition = workspace.Hash.Of(accounts[i].AccountId);
            UpdateCodec.Write(splitter.Payload(partition, 0, call), i, accounts[i]);
        }
        splitter.Finish(call);
    }

    private static void AddSingle(EventBatch batch, EngineWorkspace workspace, WriteCall call)
    {
        var events = batch.GetEnumerator();
        events.MoveNext();
        var payload = new BlobWriter(batch.Encoded.Length);
        payload.Bytes(events.CurrentEncoded);
        var partition = workspace.Hash.Of(events.CurrentCustomerId);
        call.Add(new WritePart(call, partition, CommandKind.RecordEvents, workspace.Number, payload));
    }

    /// <summary>The payload of a partition's command with room for some more bytes.</summary>
    private BlobWriter Payload(int partition, int bytes, WriteCall call)
    {
        ref var payload = ref _open[partition];
        if (payload is not null && payload.Length + bytes > JournalEntry.FullBytes)
        {
            call.Add(new WritePart(call, partition, kind, workspace.Number, payload));
            payload = null;
        }
        return payload ??= new BlobWriter(Math.Max(bytes, likelyBytes));
    }

    private void Finish(WriteCall call)
    {
        for (var i = 0; i < _open.Length; i++)
        {
            if (_open[i] is { } payload)
            {
                call.Add(new WritePart(call, i, kind, workspace.Number, payload));
            }
        }
    }
}
