using Scoring.Core;
using Scoring.Core.Recording;
using Scoring.Engine.Journal;
using Scoring.Engine.Storage;
using Scoring.Engine.Workspaces;

namespace Scoring.Engine.Hosting;

/// <summary>
/// Writes for the survivors what partitions refused because the customer was merged into another one. Events stay known by the id that they came with.
/// </summary>
internal sealed class MergedWrites(WorkspaceDirectory workspaces, RoutedWrites writes)
{
    /// <summary>Records those events of a batch for the survivors whose customers were merged.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="result">What became of it.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    public ValueTask<WriteResult> FollowAsync(EventBatch batch, WriteResult result, CancellationToken cancellationToken)
    {
        var workspace = workspaces.Get(batch.Workspace);
        return FollowAsync(
            result,
            async merged =>
            {
                var written = new List<WriteResult>();
                foreach (var some in merged.GroupBy(rejection => rejection.Message, rejection => rejection.Index))
                {
                    HostPart part = new(workspace.Hash.Of(some.Key), EventsFor(some.Key, batch, [.. some]));
                    written.Add(
                        await writes.WriteAsync(workspace, CommandKind.RecordForSurvivor, [part], cancellationToken)
                    );
                }
                return written;
            }
        );
    }

    /// <summary>Changes the survivors of those customers that were merged.</summary>
    /// <param name="workspaceName">The workspace.</param>
    /// <param name="updates">The changes.</param>
    /// <param name="result">What became of them.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    public ValueTask<WriteResult> FollowAsync(
        string workspaceName,
        IReadOnlyList<CustomerUpdate> updates,
        WriteResult result,
        CancellationToken cancellationToken
    ) =>
        FollowAsync(
            result,
            async merged =>
            {
                CustomerUpdate[] again = [.. merged.Select(r => updates[r.Index] with { CustomerId = r.Message })];
                var written = await writes.WriteAsync<IReadOnlyList<CustomerUpdate>>(
                    workspaceName,
                    CommandKind.UpsertCustomers,
                    again,
                    BatchSplitter.Split,
                    cancellationToken
                );
                var rejections = written.Rejections.Select(r => r with { Index = merged[r.Index].Index });
                return [written with { Rejections = [.. rejections] }];
            }
        );

    private static BlobWriter EventsFor(string survivorId, EventBatch batch, HashSet<int> indexes)
    {
        var payload = new BlobWriter();
        payload.Text(survivorId);
        var events = batch.GetEnumerator();
        while (events.MoveNext())
        {
            if (indexes.Contains(events.Current.Index))
            {
                payload.Bytes(events.CurrentEncoded);
            }
        }
        return payload;
    }

    /// <summary>Follows what was refused because the customer was merged, to the survivors and to theirs.</summary>
    private static async ValueTask<WriteResult> FollowAsync(
        WriteResult result,
        Func<List<Rejection>, Task<IReadOnlyList<WriteResult>>> writeAgain
    )
    {
        for (var hops = 0; hops <= Limits.MergedCustomers; hops++)
        {
            var merged = result.Rejections.Where(r => r.Reason == RejectionReason.CustomerMerged).ToList();
            if (merged.Count == 0)
            {
                return result;
            }
            try
            {
                var others = result with { Rejections = [.. result.Rejections.Except(merged)] };
                result = RoutedWrites.Merge([others, .. await writeAgain(merged)]);
            }
            catch (ScoringException e) when (e.Error != ScoringError.Unavailable)
            {
                throw StoreErrors.TryAgain(
                    $"What is for survivors of merged customers was not taken, the rest was: {e.Message} Retry with the same event ids.",
                    (int)(e.RetryAfter?.TotalMilliseconds ?? 100),
                    e
                );
            }
        }
        throw StoreErrors.TryAgain("The customers are being merged; try again.", 100);
    }
}
