using System.Diagnostics.CodeAnalysis;
using Scoring.Core;
using Scoring.Core.Accounts;
using Scoring.Core.Backend;
using Scoring.Core.Listing;
using Scoring.Core.Models;
using Scoring.Core.Names;
using Scoring.Core.Populations;
using Scoring.Core.Scores;
using Scoring.Core.Segments;
using Scoring.Core.Time;
using Scoring.Engine.Names;
using Scoring.Engine.Partitions;
using Scoring.Engine.Storage;
using Scoring.Engine.Time;
using Scoring.Engine.Workspaces;

namespace Scoring.Engine.Hosting;

/// <summary>Answers questions about the partitions that are open, on the caller's thread, beside other readers and between the slices of writes.</summary>
internal sealed partial class HostReader(
    OpenPartitions partitions,
    WorkspaceDirectory workspaces,
    ModelCatalog models,
    ICheckpointStore checkpoints,
    IPartitionOwnership ownership,
    ReceiptClock clock
)
{
    // So few are looked at in less time than it takes to wake another thread.
    private const int FewCustomers = 20_000;
    private static readonly int Processors = Environment.ProcessorCount;

    public HostAnswer<IReadOnlyList<CustomerScore?>> Scores(ScoreQuery query, int modelVersion)
    {
        if (!TryFind(query.Workspace, query.Model, modelVersion, out var workspace, out var model))
        {
            return new(null, [], HasOtherModel: true);
        }
        var places = new Partition?[query.CustomerIds.Count];
        List<int>? absent = null;
        for (var i = 0; i < places.Length; i++)
        {
            var partition = workspace.Hash.Of(query.CustomerIds[i]);
            places[i] = Open(partition, workspace);
            if (places[i] is null && absent?.Contains(partition) != true)
            {
                (absent ??= []).Add(partition);
            }
        }
        Partition[] involved = places is [{ } only]
            ? [only]
            : [.. places.OfType<Partition>().Distinct().OrderBy(p => p.Index)];
        var scores = Scores(query, workspace, model, places, involved);
        return Held(new HostAnswer<IReadOnlyList<CustomerScore?>>(scores, absent ?? []), involved);
    }

    private CustomerScore?[] Scores(
        ScoreQuery query,
        EngineWorkspace workspace,
        ScoringModel model,
        Partition?[] places,
        Partition[] involved
    )
    {
        using var reading = Reading.Enter(involved, workspace, model, scans: false);
        var rows = new int[places.Length];
        var instants = new Instant[rows.Length];
        var now = query.ReadTime ?? clock.Now;
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = -1;
            if (places[i] is not { } place)
            {
                continue;
            }
            var population = place.Shares[workspace.Number].Population;
            rows[i] = population.Find(query.CustomerIds[i]);
            if (rows[i] >= 0)
            {
                instants[i] = Instant.Max(now, population.NewestEventOf(rows[i]));
                if (query.ReadTime is { } asked && instants[i] != asked && !query.OrNewest)
                {
                    throw Refusals.ReadTimeBefore(instants[i], asked, $"of customer '{query.CustomerIds[i]}'");
                }
            }
        }
        var scores = new CustomerScore?[rows.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            scores[i] =
                rows[i] < 0 ? null : places[i]!.Shares[workspace.Number].Population.Score(rows[i], model, instants[i]);
        }
        return scores;
    }

    /// <summary>Tallies a segment: what each thread looks at goes into one tally.</summary>
    public HostAnswer<IReadOnlyList<SegmentTally>> Tally(SegmentQuestion question)
    {
        var query = question.Query;
        return Scan(
            (query.Workspace, query.Model, question.ModelVersion),
            question.Partitions,
            (_, customers) => new SegmentTally(query, customers),
            (share, model, tally) => share.Population.Tally(query, model, question.ReadTime, question.AheadFrom, tally)
        );
    }

    /// <summary>Tallies a segment by a model that is stored and by one that is not.</summary>
    public HostAnswer<IReadOnlyList<PreviewTally>> Preview(PreviewQuestion question)
    {
        var query = question.Query;
        return Scan(
            (query.Workspace, query.Model, question.ModelVersion),
            question.Partitions,
            (model, _) => new PreviewTally(query, model.Bands.Count),
            (share, model, tally) =>
                share.Population.Preview(query, model, question.ReadTime, question.AheadFrom, tally)
        );
    }

    /// <summary>Lists customers: what each thread finds goes into one list.</summary>
    public HostAnswer<IdList> List(ListQuestion question)
    {
        var query = question.Query;
        var answer = Scan(
            (query.Workspace, query.Model, question.ModelVersion),
            question.Partitions,
            (_, _) => new IdList(query.Order == CustomerOrder.Id, query.Falling),
            (share, model, list) =>
            {
                share.Population.List(query, model, question.ReadTime, question.AheadFrom, list);
                if (list.Count > 2 * Limits.ListedCustomers)
                {
                    list.Cut(Limits.ListedCustomers);
                }
            }
        );
        return Together(answer, (list, other) => list.Take(other), list => list.Cut(Limits.ListedCustomers));
    }

    /// <summary>Counts what the customers of two segments have: what each thread finds goes into one tally.</summary>
    public HostAnswer<TraitTally> CountTraits(ContrastQuestion question)
    {
        var query = question.Query;
        var answer = Scan(
            (query.Workspace, query.Model, question.ModelVersion),
            question.Partitions,
            (_, _) => new TraitTally(),
            (share, model, tally) =>
                share.Population.CountTraits(query, model, question.ReadTime, question.AheadFrom, tally)
        );
        return Together(answer, (tally, other) => tally.Take(other), _ => { });
    }

    /// <summary>Tallies the members of every account: what each thread finds goes into one table.</summary>
    public HostAnswer<AccountTable> TallyAccounts(AccountListQuestion question)
    {
        var query = question.Query;
        var answer = Scan(
            (query.Workspace, query.Model, question.ModelVersion),
            question.Partitions,
            (_, _) => new AccountTable(),
            (share, model, table) =>
            {
                share.Population.TallyAccounts(model, query.WindowDays, question.ReadTime, question.AheadFrom, table);
                foreach (var account in share.Accounts.All)
                {
                    table.Add(account);
                }
            }
        );
        return Together(answer, (table, other) => table.Take(other), _ => { });
    }

    /// <summary>Tallies groups: what each thread finds goes into one tally.</summary>
    public HostAnswer<GroupTally> Group(GroupQuestion question)
    {
        var query = question.Query;
        var answer = Scan(
            (query.Workspace, query.Model, question.ModelVersion),
            question.Partitions,
            (_, _) => new GroupTally(query),
            (share, model, tally) => share.Population.Group(query, model, question.ReadTime, question.AheadFrom, tally)
        );
        return Together(answer, (tally, other) => tally.Take(other), _ => { });
    }

    private static HostAnswer<T> Together<T>(HostAnswer<IReadOnlyList<T>> answer, Action<T, T> take, Action<T> complete)
        where T : class
    {
        if (answer.Value is not [var first, ..])
        {
            return new(null, answer.Absent, answer.HasOtherModel);
        }
        foreach (var other in answer.Value.Skip(1))
        {
            take(first, other);
        }
        complete(first);
        return new(first, answer.Absent);
    }

    /// <summary>Scans partition by partition, where there are many customers on all processors; gives what each thread found.</summary>
    /// <param name="by">The workspace, the model, and the version of it that is asked for.</param>
    /// <param name="partitions">The partitions that are asked for.</param>
    /// <param name="begin">What a thread begins with, given the model and how many customers it will about see.</param>
    /// <param name="scan">Adds what a partition has.</param>
    private HostAnswer<IReadOnlyList<T>> Scan<T>(
        (string Workspace, string Model, int Version) by,
        IReadOnlyList<int> partitions,
        Func<ScoringModel, int, T> begin,
        Action<WorkspaceShare, ScoringModel, T> scan
    )
        where T : class
    {
        if (!TryFind(by.Workspace, by.Model, by.Version, out var workspace, out var model))
        {
            return new(null, [], HasOtherModel: true);
        }
        var open = Open(partitions, workspace, out var absent);
        var customers = CustomersIn(open, workspace);
        var found = new T[customers < FewCustomers ? 1 : Math.Min(open.Length, Processors)];
        var next = -1;
        Parallel.For(0, found.Length, ScanSome);
        return Held(new HostAnswer<IReadOnlyList<T>>(found, absent), open);

        void ScanSome(int i)
        {
            found[i] = begin(model, (int)(customers / found.Length));
            while (Interlocked.Increment(ref next) is var at && at < open.Length)
            {
                using var reading = Reading.Enter(open.AsSpan(at, 1), workspace, model, scans: true);
                scan(open[at].Shares[workspace.Number], model, found[i]);
            }
        }
    }

    /// <summary>Finds who will leave a band.</summary>
    public HostAnswer<BandLeaverTally> Leavers(BandLeaverQuestion question)
    {
        var query = question.Query;
        var found = Scan(
            (query.Workspace, query.Model, question.ModelVersion),
            question.Partitions,
            (_, _) => new BandLeaverTally(),
            (share, model, tally) =>
                share.Population.FindLeavers(query, model, question.ReadTime, question.AheadFrom, tally)
        );
        if (found.Value is not { Count: > 0 } tallies)
        {
            return new(null, found.Absent, found.HasOtherModel);
        }
        foreach (var tally in tallies.Skip(1))
        {
            tallies[0].Add(tally, query.Count);
        }
        return new(tallies[0], found.Absent);
    }

    /// <summary>Tallies an account, of which there are few members in each partition.</summary>
    public HostAnswer<AccountTallies> Tally(AccountQuestion question)
    {
        var (query, readTime, aheadFrom) = (question.Query, question.ReadTime, question.AheadFrom);
        if (!TryFind(query.Workspace, query.Model, question.ModelVersion, out var workspace, out var model))
        {
            return new(null, [], HasOtherModel: true);
        }
        var open = Open(question.Partitions, workspace, out var absent);
        var tallies = new AccountTally[open.Length];
        var most = new ParallelOptions
        {
            MaxDegreeOfParallelism = CustomersIn(open, workspace) < FewCustomers ? 1 : Processors,
        };
        Parallel.For(0, tallies.Length, most, TallyOne);
        var account = Account(query.AccountId, workspace, open);
        return Held(new HostAnswer<AccountTallies>(new(tallies, account), absent), open);

        void TallyOne(int i)
        {
            using var reading = Reading.Enter(open.AsSpan(i, 1), workspace, model, scans: true);
            var population = open[i].Shares[workspace.Number].Population;
            tallies[i] = population.TallyAccount(query.AccountId, model, query.WindowDays, readTime, aheadFrom);
        }
    }

    /// <summary>Looks at every account of the partitions.</summary>
    public HostAnswer<IReadOnlyList<IReadOnlyList<string>>> Accounts(AccountSearch search)
    {
        var workspace = workspaces.Get(search.Workspace);
        var open = Open(search.Partitions, workspace, out var absent);
        List<string>[] found = [.. search.Conditions.Select(_ => new List<string>())];
        foreach (var partition in open)
        {
            partition.Access.EnterToRead(scans: true);
            try
            {
                foreach (var account in partition.Shares[workspace.Number].Accounts.All)
                {
                    for (var i = 0; i < found.Length; i++)
                    {
                        if (account.Meets(search.Conditions[i]))
                        {
                            found[i].Add(account.AccountId);
                        }
                    }
                }
            }
            finally
            {
                partition.Access.ExitFromReading(scans: true);
            }
        }
        return Held(new HostAnswer<IReadOnlyList<IReadOnlyList<string>>>(found, absent), open);
    }

    public HostAnswer<IReadOnlyList<FilterHint>> Hints(SegmentQuestion question)
    {
        var workspace = workspaces.Get(question.Query.Workspace);
        var model = models.Get(workspace.Number, workspace.Settings, ModelReference.Parse(question.Query.Model));
        var open = Open(question.Partitions, workspace, out var absent);
        using var reading = Reading.Enter(open, workspace, model, scans: false);
        IReadOnlyList<FilterHint> hints = FilterHints.Find(
            question.Query.Filter,
            [.. open.Select(p => p.Shares[workspace.Number].Population)]
        );
        return Held(new HostAnswer<IReadOnlyList<FilterHint>>(hints, absent), open);
    }

    public HostAnswer<HostNames> Names(string workspaceName, IReadOnlyList<int> asked)
    {
        var workspace = workspaces.Get(workspaceName);
        var open = Open(asked, workspace, out var absent);
        var names = new NamesByUse();
        var reserved = new Dictionary<int, IReadOnlyList<KnownName>>();
        foreach (var partition in open)
        {
            partition.Access.EnterToRead(scans: true);
            try
            {
                var share = partition.Shares[workspace.Number];
                names.Add(share);
                reserved.Add(partition.Index, [.. share.Population.ReservedNames]);
            }
            finally
            {
                partition.Access.ExitFromReading(scans: true);
            }
        }
        return Held(
            new HostAnswer<HostNames>(
                new(names.All, names.Rooms, [.. asked.Select(p => reserved.GetValueOrDefault(p))]),
                absent
            ),
            open
        );
    }

    /// <summary>The workspace and its model; false when the model is of another version here, or the version asked for is not known here yet.</summary>
    private bool TryFind(
        string workspaceName,
        string modelName,
        int modelVersion,
        out EngineWorkspace workspace,
        [NotNullWhen(true)] out ScoringModel? model
    )
    {
        workspace = workspaces.Get(workspaceName);
        var asked = ModelReference.Parse(modelName);
        model = models.IsNewer(workspace.Number, workspace.Settings, asked)
            ? null
            : models.Get(workspace.Number, workspace.Settings, asked);
        return model?.Version == modelVersion;
    }

    /// <summary>Roughly, without the gates.</summary>
    private static long CustomersIn(Partition[] open, EngineWorkspace workspace) =>
        open.Sum(p => (long)p.Shares[workspace.Number].Population.Count);

    private static AccountRecord? Account(string accountId, EngineWorkspace workspace, Partition[] open)
    {
        if (Array.Find(open, partition => partition.Index == workspace.Hash.Of(accountId)) is not { } home)
        {
            return null;
        }
        home.Access.EnterToRead();
        try
        {
            var shelf = home.Shares[workspace.Number].Accounts;
            return shelf.Find(accountId) is var row and >= 0 ? shelf[row]!.Clone() : null;
        }
        finally
        {
            home.Access.ExitFromReading();
        }
    }

    private Partition[] Open(IReadOnlyList<int> asked, EngineWorkspace workspace, out IReadOnlyList<int> absent)
    {
        var open = new List<Partition>(asked.Count);
        List<int>? missing = null;
        foreach (var index in asked)
        {
            if (Open(index, workspace) is { } partition)
            {
                open.Add(partition);
            }
            else
            {
                (missing ??= []).Add(index);
            }
        }
        absent = missing ?? [];
        return [.. open];
    }

    /// <summary>A partition that is open and knows a workspace, which one that was opened before another server added the workspace does not.</summary>
    private Partition? Open(int index, EngineWorkspace workspace) =>
        partitions.Find(index) is { } partition && partition.Shares.Count > workspace.Number ? partition : null;

    /// <summary>Gives an answer unless somebody else may have taken one of the partitions over while it was read; then all are absent.</summary>
    private HostAnswer<T> Held<T>(HostAnswer<T> answer, Partition[] read)
        where T : class
    {
        foreach (var partition in read)
        {
            if (partitions.Find(partition.Index) != partition || !ownership.Holds(partition.Index))
            {
                return new(null, [.. answer.Absent, .. read.Select(p => p.Index)]);
            }
        }
        return answer;
    }
}
