using System.Diagnostics;
using System.Text;
using Scoring.Core.History;
using Scoring.Core.Recording;
using Scoring.Core.Time;
using Scoring.Engine.Journal;
using Scoring.Engine.Storage;
using Scoring.Engine.Workspaces;

namespace Scoring.Engine.Hosting;

/// <summary>Voids events that were recorded wrongly, and records others in their place.</summary>
/// <remarks>
/// All that a customer did is read from the host that has it, and it is worked out here what is left of it without the events. That is written as one command, which its partition takes
/// only while the customer is what it was when it was read; otherwise it is read again. So no partition waits for files while it applies, and what it applies follows from the log alone.
/// </remarks>
internal sealed class EventCorrections(PartitionHost local, RoutedWrites writes, CustomerMerges merges)
{
    // Customers that are read and worked out at the same time.
    private const int CustomersTogether = 8;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>As <see cref="Core.Backend.IScoringBackend.CorrectEventsAsync"/>.</summary>
    public async ValueTask<IReadOnlyList<CorrectionResult>> CorrectAsync(
        string workspaceName,
        IReadOnlyList<EventCorrection> corrections,
        CancellationToken cancellationToken
    )
    {
        var workspace = local.Workspaces.Get(workspaceName);
        var results = new CorrectionResult[corrections.Count];
        var options = new ParallelOptions
        {
            MaxDegreeOfParallelism = CustomersTogether,
            CancellationToken = cancellationToken,
        };
        await Parallel.ForEachAsync(
            Enumerable.Range(0, corrections.Count).GroupBy(i => corrections[i].CustomerId),
            options,
            async (places, cancelled) =>
            {
                // What is recorded instead may have no room: each such correction is done or not by itself.
                var voids = places.Where(i => corrections[i].Replacement is null).ToArray();
                var others = places.Where(i => corrections[i].Replacement is not null).Select(i => (int[])[i]);
                foreach (var some in voids.Length == 0 ? others : others.Prepend(voids))
                {
                    EventCorrection[] asked = [.. some.Select(i => corrections[i])];
                    var answers = await CorrectAsync(workspace, places.Key, asked, cancelled);
                    for (var i = 0; i < some.Length; i++)
                    {
                        results[some[i]] = answers[i];
                    }
                }
            }
        );
        return results;
    }

    private async Task<CorrectionResult[]> CorrectAsync(
        EngineWorkspace workspace,
        string customerId,
        EventCorrection[] asked,
        CancellationToken cancellationToken
    )
    {
        for (var since = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(since) < Patience; )
        {
            if (await merges.PastAsync(workspace, customerId, cancellationToken) is not { } past)
            {
                return [.. asked.Select(_ => new CorrectionResult(CorrectionOutcome.CustomerNotFound))];
            }
            var plan = CorrectionPlan.Of(past, asked, CorrectableSince(), out var results);
            if (plan.Wanted.Count == 0)
            {
                return results;
            }
            var command = CorrectionCommand.Of(
                past,
                plan.Customer(workspace.Settings),
                plan.Wanted,
                Encoded(workspace, past.CustomerId, plan.Wanted)
            );
            var part = new HostPart(workspace.Hash.Of(past.CustomerId), command.Write());
            var written = await writes.WriteAsync(workspace, CommandKind.CorrectEvents, [part], cancellationToken);
            if (written.Rejections is not [var refusal])
            {
                return results;
            }
            if (refusal.Reason == RejectionReason.LimitExceeded)
            {
                return [new(CorrectionOutcome.LimitExceeded, Message: refusal.Message)];
            }
            // It has changed since it was read.
        }
        throw StoreErrors.TryAgain(
            "More is being recorded of a customer than lets its events be corrected; try again with the same correction ids.",
            1_000
        );
    }

    /// <summary>
    /// Events of months that are about to become what is known of customers by their ends are corrected no more: a correction must stand in the archive before they do.
    /// </summary>
    private Instant CorrectableSince()
    {
        var kept = (local.Clock.Now - local.ArchiveRetention + TimeSpan.FromDays(1)).ToDateTimeOffset();
        return Instant.From(new DateTimeOffset(kept.Year, kept.Month, 1, 0, 0, 0, TimeSpan.Zero));
    }

    /// <summary>What is recorded instead, encoded.</summary>
    private static ReadOnlyMemory<byte> Encoded(
        EngineWorkspace workspace,
        string customerId,
        IReadOnlyList<RecordedCorrection> wanted
    )
    {
        using var batch = new EventBatch(workspace.Settings.Name);
        foreach (var replacement in wanted.Select(of => of.Replacement).OfType<CorrectedEvent>())
        {
            batch.Add(
                new EventRecord
                {
                    CustomerId = Encoding.UTF8.GetBytes(customerId),
                    Type = Encoding.UTF8.GetBytes(replacement.EventType),
                    Feature = Encoding.UTF8.GetBytes(replacement.Feature),
                    AccountId = Encoding.UTF8.GetBytes(replacement.AccountId),
                    OccurredAt = replacement.OccurredAt,
                    Value = replacement.Value,
                }
            );
        }
        return batch.Encoded.ToArray();
    }
}
