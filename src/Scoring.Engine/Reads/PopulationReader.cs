using Scoring.Core.Accounts;
using Scoring.Core.Backend;
using Scoring.Core.Models;
using Scoring.Core.Populations;
using Scoring.Core.Scores;
using Scoring.Core.Segments;
using Scoring.Core.Time;
using Scoring.Engine.Models;
using Scoring.Engine.Partitions;
using Scoring.Engine.Time;
using Scoring.Engine.Workspaces;

namespace Scoring.Engine.Reads;

/// <summary>Answers questions on the caller's thread, beside other readers and between the slices of writes.</summary>
internal sealed class PopulationReader(
    Partition[] partitions,
    WorkspaceDirectory workspaces,
    ModelCatalog models,
    ReceiptClock clock,
    TimeSpan skew
)
{
    private const int OptimisticTries = 3;

    // So few are looked at in less time than it takes to wake another thread.
    private const int FewCustomers = 20_000;

    public IReadOnlyList<CustomerScore?> Scores(ScoreQuery query)
    {
        var workspace = workspaces.Get(query.Workspace);
        var model = models.Get(workspace.Number, workspace.Settings, query.Model);
        var places = new Partition[query.CustomerIds.Count];
        for (var i = 0; i < places.Length; i++)
        {
            places[i] = partitions[workspace.Hash.Of(query.CustomerIds[i])];
        }
        Partition[] involved = places.Length == 1 ? places : [.. places.Distinct().OrderBy(p => p.Index)];
        using var reading = Reading.Enter(involved, workspace, model, scans: false);
        var rows = new int[places.Length];
        var instants = new Instant[rows.Length];
        var now = query.ReadTime ?? clock.Now;
        for (var i = 0; i < rows.Length; i++)
        {
            var population = places[i].Shares[workspace.Number].Population;
            rows[i] = population.Find(query.CustomerIds[i]);
            if (rows[i] >= 0)
            {
                instants[i] = Instant.Max(now, population.NewestEventOf(rows[i]));
                if (instants[i] != now)
                {
                    RefuseReadTimeBefore(instants[i], query.ReadTime, $"of customer '{query.CustomerIds[i]}'");
                }
            }
        }
        var scores = new CustomerScore?[rows.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            scores[i] =
                rows[i] < 0 ? null : places[i].Shares[workspace.Number].Population.Score(rows[i], model, instants[i]);
        }
        return scores;
    }

    public SegmentStatistics Statistics(SegmentQuery query)
    {
        var workspace = workspaces.Get(query.Workspace);
        var model = models.Get(workspace.Number, workspace.Settings, query.Model);
        var ruler = new ScoreRuler();
        var tallies = Tally(
            workspace,
            model,
            query.ReadTime,
            "of the segment",
            (share, readTime, aheadFrom) => share.Population.Tally(query, model, readTime, ruler, aheadFrom),
            tally => tally.NewestEvent,
            out var readTime
        );
        var statistics = SegmentTally.Summarize(tallies, query, model, readTime);
        return statistics.Customers + statistics.AheadCustomers > 0
            ? statistics
            : statistics with
            {
                FilterHints = Hints(query.Filter, workspace, model),
            };
    }

    private IReadOnlyList<FilterHint> Hints(SegmentFilter filter, EngineWorkspace workspace, ScoringModel model)
    {
        using var reading = Reading.Enter(partitions, workspace, model, scans: false);
        return FilterHints.Find(filter, [.. partitions.Select(p => p.Shares[workspace.Number].Population)]);
    }

    public AccountHealth Health(AccountHealthQuery query)
    {
        var workspace = workspaces.Get(query.Workspace);
        var model = models.Get(workspace.Number, workspace.Settings, query.Model);
        var tallies = Tally(
            workspace,
            model,
            query.ReadTime,
            $"of account '{query.AccountId}'",
            (share, readTime, aheadFrom) =>
                share.Population.TallyAccount(query.AccountId, model, query.WindowDays, readTime, aheadFrom),
            tally => tally.NewestEvent,
            out var readTime
        );
        var home = partitions[workspace.Hash.Of(query.AccountId)];
        home.Access.EnterToRead();
        try
        {
            var shelf = home.Shares[workspace.Number].Accounts;
            var account = shelf.Find(query.AccountId) is var row and >= 0 ? shelf[row] : null;
            if (account is null && Array.TrueForAll(tallies, tally => tally.Customers + tally.AheadCustomers == 0))
            {
                throw Refusals.AccountNotFound(query.AccountId);
            }
            return AccountTally.Summarize(tallies, account, query, model, workspace.Settings, readTime);
        }
        finally
        {
            home.Access.ExitFromReading();
        }
    }

    public IReadOnlyList<string> EventTypes(string workspaceName)
    {
        var workspace = workspaces.Get(workspaceName);
        var types = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var partition in partitions)
        {
            partition.Access.EnterToRead();
            try
            {
                types.UnionWith(partition.Shares[workspace.Number].Population.EventTypes);
            }
            finally
            {
                partition.Access.ExitFromReading();
            }
        }
        return [.. types];
    }

    public IReadOnlyList<ScoringModel> Models(string workspace) => models.List(workspaces.Get(workspace).Number);

    /// <summary>
    /// Tallies every partition at one instant: the one asked for, or now, or the newest event read where that lies ahead of now. What lies further
    /// ahead than the tolerated skew, and after the instant asked for, is left out: a clock that ran ahead must not spoil the figures of all.
    /// </summary>
    private T[] Tally<T>(
        EngineWorkspace workspace,
        ScoringModel model,
        Instant? asked,
        string ofWhat,
        Func<WorkspaceShare, Instant, Instant, T> tally,
        Func<T, Instant> newestOf,
        out Instant readTime
    )
    {
        var now = clock.Now;
        readTime = asked ?? now;
        var aheadFrom = Instant.Max(readTime, now + skew);
        for (var attempt = 0; attempt < OptimisticTries; attempt++)
        {
            var tallies = TallyAt(workspace, model, readTime, aheadFrom, tally);
            var newest = tallies.Max(newestOf);
            if (newest <= readTime)
            {
                return tallies;
            }
            RefuseReadTimeBefore(newest, asked, ofWhat);
            readTime = newest;
        }
        // Events ahead of the clock keep coming in between: let none in.
        using var reading = Reading.Enter(partitions, workspace, model, scans: true);
        var newestOfAll = partitions.Max(p => p.Shares[workspace.Number].Population.NewestEvent);
        var last = newestOfAll < aheadFrom ? newestOfAll : aheadFrom;
        readTime = last;
        return [.. partitions.Select(p => tally(p.Shares[workspace.Number], last, aheadFrom))];
    }

    private T[] TallyAt<T>(
        EngineWorkspace workspace,
        ScoringModel model,
        Instant readTime,
        Instant aheadFrom,
        Func<WorkspaceShare, Instant, Instant, T> tally
    )
    {
        var tallies = new T[partitions.Length];
        if (Customers(workspace) < FewCustomers)
        {
            for (var i = 0; i < tallies.Length; i++)
            {
                TallyOne(i);
            }
        }
        else
        {
            Parallel.For(0, tallies.Length, TallyOne);
        }
        return tallies;

        void TallyOne(int i)
        {
            using var reading = Reading.Enter(partitions.AsSpan(i, 1), workspace, model, scans: true);
            tallies[i] = tally(partitions[i].Shares[workspace.Number], readTime, aheadFrom);
        }
    }

    /// <summary>Roughly, without the gates: how many customers there are to look at.</summary>
    private long Customers(EngineWorkspace workspace) =>
        partitions.Sum(p => (long)p.Shares[workspace.Number].Population.Count);

    private static void RefuseReadTimeBefore(Instant newest, Instant? asked, string ofWhat)
    {
        if (asked is { } readTime && readTime < newest)
        {
            throw Refusals.ReadTimeBefore(newest, readTime, ofWhat);
        }
    }
}
