using System.Runtime.ExceptionServices;
using Scoring.Core.Backend;
using Scoring.Core.Evaluation;
using Scoring.Core.Filters;
using Scoring.Core.History;
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
        if (Open(home, workspace) is not { } partition)
        {
            return new(null, [home]);
        }
        var past = Past(
            partition,
            workspace,
            (share, archive) =>
                share.Population.Find(customerId) is var row and >= 0
                    ? new(archive, row, customerId, share.Population.DigestOf(row))
                    : null
        );
        return Held(new HostAnswer<IReadOnlyList<CustomerPast>>(past is null ? [] : [past], []), [partition]);
    }

    /// <summary>Captures a row's records, and reads them; null for none.</summary>
    private CustomerPast? Past(
        Partition partition,
        EngineWorkspace workspace,
        Func<WorkspaceShare, ShareArchive, PastCapture?> capture
    )
    {
        while (true)
        {
            PastCapture? captured;
            partition.Access.EnterToRead();
            try
            {
                var share = partition.Shares[workspace.Number];
                captured = capture(share, share.Archive ?? throw Refusals.NoHistory());
            }
            finally
            {
                partition.Access.ExitFromReading();
            }
            if (captured is null)
            {
                return null;
            }
            // The files are read while others write. A checkpoint may take one away, and then knows another.
            if (captured.Read(checkpoints, partition.Index) is { } past)
            {
                return past;
            }
        }
    }

    /// <summary>Tallies how the scores of a segment's customers changed between two instants.</summary>
    public HostAnswer<SegmentChangeTally> TallyChange(SegmentChangeQuestion question)
    {
        var query = question.Query;
        if (!TryFind(query.Workspace, query.Model, question.ModelVersion, out var workspace, out var model))
        {
            return new(null, [], HasOtherModel: true);
        }
        var open = Open(question.Partitions, workspace, out var absent);
        var scan = new SegmentChangeScan(
            query,
            PastAccountMatch.FilterAt(query.Filter, question.Accounts, 0),
            PastAccountMatch.FilterAt(query.Filter, question.Accounts, 1),
            model,
            workspace.Settings
        );
        var first = FirstOf([query.From], query.KnownAt);
        var found = OfEveryone(
            open,
            partition => EveryoneOf(partition, workspace, first, "of the segment"),
            everyone =>
            {
                var tally = new SegmentChangeTally();
                foreach (var customers in everyone.Chunk(CustomersTogether))
                {
                    scan.Add(customers, tally);
                }
                return tally;
            }
        );
        var all = new SegmentChangeTally();
        Array.ForEach(found, tally => all.Add(tally, query.Movers));
        return Held(new HostAnswer<SegmentChangeTally>(open.Length == 0 ? null : all, absent), open);
    }

    /// <summary>Looks customers through for an evaluation of models: a part for each partition.</summary>
    public HostAnswer<IReadOnlyList<EvaluationPart>> Evaluate(
        EvaluationQuestion question,
        CancellationToken cancellationToken
    )
    {
        var query = question.Query;
        if (!TryFind(query.Workspace, query.Model, question.ModelVersion, out var workspace, out var model))
        {
            return new(null, [], HasOtherModel: true);
        }
        var open = Open(question.Partitions, workspace, out var absent);
        Filter[] filters =
        [
            .. query.CutOffs.Select((_, i) => PastAccountMatch.FilterAt(query.Filter, question.Accounts, i)),
        ];
        var found = OfEveryone(
            open,
            partition => EveryoneOf(partition, workspace, query.CutOffs[0], "of the segment"),
            everyone =>
            {
                var scan = new EvaluationScan(query, filters, model, question.Models, workspace.Settings);
                foreach (var customers in everyone.Chunk(CustomersTogether))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    scan.Add(customers);
                }
                return scan.Part;
            }
        );
        return Held(new HostAnswer<IReadOnlyList<EvaluationPart>>(found, absent), open);
    }

    /// <summary>Reads the records of everybody in some partitions, side by side; gives what was made of those of each.</summary>
    private T[] OfEveryone<T>(
        Partition[] open,
        Func<Partition, PastBlock> capture,
        Func<IEnumerable<CustomerPast>, T> read
    ) => SideBySide(open, partition => OfEveryone(partition, capture, read));

    private static T[] SideBySide<T>(Partition[] open, Func<Partition, T> read)
    {
        var found = new T[open.Length];
        try
        {
            Parallel.For(0, open.Length, i => found[i] = read(open[i]));
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
        return found;
    }

    private T OfEveryone<T>(
        Partition partition,
        Func<Partition, PastBlock> capture,
        Func<IEnumerable<CustomerPast>, T> read
    )
    {
        while (true)
        {
            var block = capture(partition);
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

    private static PastBlock EveryoneOf(Partition partition, EngineWorkspace workspace, Instant first, string ofWhat)
    {
        partition.Access.EnterToRead(scans: true);
        try
        {
            var share = partition.Shares[workspace.Number];
            var archive = share.Archive ?? throw Refusals.NoHistory();
            HistoryStart.ThrowIfBefore(first, archive.Contents.CompleteSince, "read_time", ofWhat);
            return new(archive, share.Population, 0, int.MaxValue, _ => true);
        }
        finally
        {
            partition.Access.ExitFromReading(scans: true);
        }
    }

    /// <summary>The earliest instant that is asked about.</summary>
    private static Instant FirstOf(IReadOnlyList<Instant> times, Instant? knownAt) =>
        knownAt is { } known && known < times[0] ? known : times[0];
}
