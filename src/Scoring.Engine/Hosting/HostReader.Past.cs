using System.Runtime.ExceptionServices;
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

/// <content>What archives hold of the past.</content>
internal sealed partial class HostReader
{
    // So many are brought back together: few enough for their records to fit into memory, and many enough for a scan to be worth it.
    private const int CustomersTogether = 4_096;

    /// <summary>All that the archive has of a customer; none when nothing is known of it.</summary>
    public HostAnswer<IReadOnlyList<CustomerPast>> Past(string workspaceName, string customerId)
    {
        var workspace = workspaces.Get(workspaceName);
        var home = workspace.Hash.Of(customerId);
        while (true)
        {
            if (Open(home, workspace) is not { } partition)
            {
                return new(null, [home]);
            }
            PastCapture? captured = null;
            partition.Access.EnterToRead();
            try
            {
                var share = partition.Shares[workspace.Number];
                if (share.Population.Find(customerId) is var row and >= 0)
                {
                    captured = new(share.Archive ?? throw Refusals.NoHistory(), row, customerId);
                }
            }
            finally
            {
                partition.Access.ExitFromReading();
            }
            if (captured is null)
            {
                return Held(new HostAnswer<IReadOnlyList<CustomerPast>>([], []), [partition]);
            }
            // The files are read while others write. A checkpoint may take one away, and then knows another.
            if (captured.Read(checkpoints, home) is { } past)
            {
                return Held(new HostAnswer<IReadOnlyList<CustomerPast>>([past], []), [partition]);
            }
        }
    }

    /// <summary>Tallies a segment at each of some instants: what each thread looks at goes into one tally of the instant.</summary>
    public HostAnswer<IReadOnlyList<IReadOnlyList<SegmentTally>>> TallyPast(PastSegmentQuestion question)
    {
        var query = question.Query;
        if (!TryFind(query.Workspace, query.Model, question.ModelVersion, out var workspace, out var model))
        {
            return new(null, [], HasOtherModel: true);
        }
        var found = new List<SegmentTally>[question.Times.Count];
        for (var i = 0; i < found.Length; i++)
        {
            found[i] = [];
        }
        var first = question.KnownAt is { } known && known < question.Times[0] ? known : question.Times[0];
        var (open, absent) = ReadEveryone(
            question.Partitions,
            workspace,
            first,
            customers => TallyPast(question, workspace, model, customers),
            tallies =>
            {
                for (var i = 0; i < tallies.Length; i++)
                {
                    found[i].Add(tallies[i]);
                }
            }
        );
        return Held(new HostAnswer<IReadOnlyList<IReadOnlyList<SegmentTally>>>(found, absent), open);
    }

    /// <summary>Tallies how the scores of a segment's customers changed between two instants.</summary>
    public HostAnswer<SegmentChangeTally> TallyChange(SegmentChangeQuestion question)
    {
        var query = question.Query;
        if (!TryFind(query.Workspace, query.Model, question.ModelVersion, out var workspace, out var model))
        {
            return new(null, [], HasOtherModel: true);
        }
        var scan = new SegmentChangeScan(query, model, workspace.Settings);
        var all = new SegmentChangeTally();
        var (open, absent) = ReadEveryone(
            question.Partitions,
            workspace,
            query.KnownAt is { } known && known < query.From ? known : query.From,
            everyone =>
            {
                var tally = new SegmentChangeTally();
                foreach (var customers in everyone.Chunk(CustomersTogether))
                {
                    scan.Add(customers, tally);
                }
                return tally;
            },
            tally => all.Add(tally, query.Movers)
        );
        return Held(new HostAnswer<SegmentChangeTally>(open.Length == 0 ? null : all, absent), open);
    }

    /// <summary>Reads the archives of partitions side by side, each from its beginning again where a file is taken away meanwhile.</summary>
    /// <param name="partitions">The partitions.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="first">The earliest instant that is asked for.</param>
    /// <param name="read">Makes something of everybody in a partition, by row; on any thread.</param>
    /// <param name="take">Takes what was made of a partition; one thread at a time.</param>
    /// <returns>The partitions that were read, and those that are not here.</returns>
    private (Partition[] Open, IReadOnlyList<int> Absent) ReadEveryone<T>(
        IReadOnlyList<int> partitions,
        EngineWorkspace workspace,
        Instant first,
        Func<IEnumerable<CustomerPast>, T> read,
        Action<T> take
    )
    {
        var open = Open(partitions, workspace, out var absent);
        var gate = new Lock();
        try
        {
            Parallel.ForEach(
                open,
                partition =>
                {
                    var made = ReadEveryone(partition, workspace, first, read);
                    lock (gate)
                    {
                        take(made);
                    }
                }
            );
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
        return (open, absent);
    }

    private T ReadEveryone<T>(
        Partition partition,
        EngineWorkspace workspace,
        Instant first,
        Func<IEnumerable<CustomerPast>, T> read
    )
    {
        while (true)
        {
            var block = EveryoneOf(partition, workspace, first);
            try
            {
                return read(block.Customers(checkpoints, partition.Index, _ => true).Select(of => of.Past));
            }
            catch (StoreException) when (block.IsOutdated)
            {
                // A checkpoint took a file away, and knows another.
            }
        }
    }

    private static PastBlock EveryoneOf(Partition partition, EngineWorkspace workspace, Instant first)
    {
        partition.Access.EnterToRead(scans: true);
        try
        {
            var share = partition.Shares[workspace.Number];
            var archive = share.Archive ?? throw Refusals.NoHistory();
            HistoryStart.ThrowIfBefore(first, archive.Contents.CompleteSince, "read_time", "of the segment");
            return new(archive, share.Population, 0, int.MaxValue, _ => true);
        }
        finally
        {
            partition.Access.ExitFromReading(scans: true);
        }
    }

    private static SegmentTally[] TallyPast(
        PastSegmentQuestion question,
        EngineWorkspace workspace,
        ScoringModel model,
        IEnumerable<CustomerPast> everyone
    )
    {
        SegmentTally[] tallies = [.. question.Times.Select(_ => new SegmentTally(question.Query, 0))];
        foreach (var customers in everyone.Chunk(CustomersTogether))
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
                population.Tally(question.Query, model, time, aheadFrom: null, tallies[i]);
            }
        }
        return tallies;
    }
}
