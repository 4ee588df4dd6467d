using Scoring.Core.Backend;
using Scoring.Core.History;
using Scoring.Core.Models;
using Scoring.Core.Populations;
using Scoring.Core.Segments;
using Scoring.Core.Time;
using Scoring.Engine.Archive;
using Scoring.Engine.Partitions;
using Scoring.Engine.Workspaces;

namespace Scoring.Engine.Hosting;

/// <content>Segments in the past.</content>
internal sealed partial class HostReader
{
    /// <summary>Tallies a segment at each of some instants: what each partition has goes into one tally of the instant.</summary>
    public HostAnswer<IReadOnlyList<IReadOnlyList<SegmentTally>>> TallyPast(PastSegmentQuestion question)
    {
        var query = question.Query;
        if (!TryFind(query.Workspace, query.Model, question.ModelVersion, out var workspace, out var model))
        {
            return new(null, [], HasOtherModel: true);
        }
        var open = Open(question.Partitions, workspace, out var absent);
        // Its read time says that it is not the present.
        SegmentQuery[] queries = [.. question.Times.Select((time, i) => question.QueryAt(i) with { ReadTime = time })];
        var found = SideBySide(open, partition => TallyPast(question, queries, workspace, model, partition));
        IReadOnlyList<SegmentTally>[] byTime =
        [
            .. question.Times.Select((_, i) => Array.ConvertAll(found, of => of[i])),
        ];
        return Held(new HostAnswer<IReadOnlyList<IReadOnlyList<SegmentTally>>>(byTime, absent), open);
    }

    /// <summary>Whether what some partitions told of the past is still true.</summary>
    public HostAnswer<PastMarks> MarkPast(PastMarkQuestion question)
    {
        if (!TryFind(question.Workspace, question.Model, question.ModelVersion, out var workspace, out _))
        {
            return new(null, [], HasOtherModel: true);
        }
        var open = Open(question.Partitions, workspace, out var absent);
        var before = question.Since.ToDictionary(mark => mark.Partition);
        var marks = new List<PastMark>(open.Length);
        var (changedFrom, completeSince) = ((Instant?)null, Instant.MinValue);
        foreach (var partition in open)
        {
            partition.Access.EnterToRead();
            try
            {
                var archive = partition.Shares[workspace.Number].Archive ?? throw Refusals.NoHistory();
                marks.Add(new(partition.Index, archive.Identity, archive.Late.Count));
                completeSince = Instant.Max(completeSince, archive.Contents.CompleteSince);
                var changed =
                    before.TryGetValue(partition.Index, out var mark) && mark.Archive == archive.Identity
                        ? archive.Late.Since(mark.LateRecords)
                        : Instant.MinValue;
                changedFrom = changedFrom < changed ? changedFrom : changed ?? changedFrom;
            }
            finally
            {
                partition.Access.ExitFromReading();
            }
        }
        var answer = open.Length == 0 ? null : new PastMarks(marks, changedFrom, completeSince);
        return Held(new HostAnswer<PastMarks>(answer, absent), open);
    }

    private SegmentTally[] TallyPast(
        PastSegmentQuestion question,
        SegmentQuery[] queries,
        EngineWorkspace workspace,
        ScoringModel model,
        Partition partition
    )
    {
        while (true)
        {
            SegmentTally[] tallies = [.. queries.Select(query => new SegmentTally(query, 0))];
            if (CaptureChanged(question, queries, workspace, model, partition, tallies) is not { } changed)
            {
                continue;
            }
            try
            {
                foreach (
                    var customers in changed
                        .Customers(checkpoints, partition.Index, _ => true)
                        .Select(of => of.Past)
                        .Chunk(CustomersTogether)
                )
                {
                    TallyPast(customers, question, queries, workspace, model, tallies);
                }
                return tallies;
            }
            catch (StoreException) when (changed.IsOutdated)
            {
                // A checkpoint took a file away, and knows another.
            }
        }
    }

    /// <summary>
    /// Takes the records of those to whom anything happened after the first of the instants, and tallies the others as they are: nothing of them has changed since. Where that is
    /// hardly anybody, and where what was known matters, takes everybody's.
    /// </summary>
    /// <returns>The records; null when a checkpoint came in between.</returns>
    private PastBlock? CaptureChanged(
        PastSegmentQuestion question,
        SegmentQuery[] queries,
        EngineWorkspace workspace,
        ScoringModel model,
        Partition partition,
        SegmentTally[] tallies
    )
    {
        var first = question.Times[0];
        if (question.KnownAt is { } known)
        {
            return EveryoneOf(partition, workspace, known < first ? known : first, "of the segment");
        }
        var archive = partition.Shares[workspace.Number].Archive ?? throw Refusals.NoHistory();
        var contents = archive.Contents;
        HistoryStart.ThrowIfBefore(first, contents.CompleteSince, "read_time", "of the segment");
        if (TryReadIndexes(partition, archive, contents, first) is not { } indexes)
        {
            return null;
        }
        using var reading = Reading.Enter([partition], workspace, model, scans: true);
        if (archive.Contents.Files != contents.Files)
        {
            return null;
        }
        var population = partition.Shares[workspace.Number].Population;
        var changed = population.RowsWithEventsAfter(first);
        archive.AddChangedAfter(first, indexes, changed);
        if (changed.Count > population.Count / 2)
        {
            return new(archive, population, 0, int.MaxValue, _ => true);
        }
        for (var i = 0; i < queries.Length; i++)
        {
            population.Tally(queries[i], model, question.Times[i], aheadFrom: null, tallies[i], changed);
        }
        return new(archive, population, 0, int.MaxValue, changed.Contain);
    }

    /// <summary>The indexes of files that may have anything but events that was received after an instant; null when a checkpoint took one away.</summary>
    private List<ArchiveIndex>? TryReadIndexes(
        Partition partition,
        ShareArchive archive,
        ArchiveContents contents,
        Instant instant
    )
    {
        try
        {
            return
            [
                .. contents
                    .Files.Where(file => file.Changes > 0 && file.LastReceipt > instant)
                    .Select(file => archive.IndexOf(checkpoints, partition.Index, file)),
            ];
        }
        catch (StoreException) when (archive.Contents.Files != contents.Files)
        {
            return null;
        }
    }

    private static void TallyPast(
        CustomerPast[] customers,
        PastSegmentQuestion question,
        SegmentQuery[] queries,
        EngineWorkspace workspace,
        ScoringModel model,
        SegmentTally[] tallies
    )
    {
        var population = new Population(workspace.Settings);
        CustomerReplay[] replays =
        [
            .. customers.Select(past => new CustomerReplay(past, population, question.KnownAt)),
        ];
        for (var i = 0; i < tallies.Length; i++)
        {
            var time = question.Times[i];
            foreach (var replay in replays)
            {
                replay.MoveTo(time);
            }
            population.MakeReadyToTally(model);
            population.Tally(queries[i], model, time, aheadFrom: null, tallies[i]);
        }
    }
}
