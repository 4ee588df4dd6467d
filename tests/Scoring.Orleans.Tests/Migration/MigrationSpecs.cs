using Npgsql;
using Scoring.Cluster.Tests.Clusters;
using Scoring.Cluster.Tests.Postgres;
using Scoring.Core.Backend;
using Scoring.Core.Recording;
using Scoring.Core.Segments;
using Scoring.Engine.Moving;

namespace Scoring.Cluster.Tests.Migration;

/// <summary>A standalone store is moved into a cluster, and back.</summary>
public sealed class MigrationSpecs(PostgresServer postgres)
{
    [Fact]
    public async Task A_cluster_answers_as_the_standalone_server_did_whose_store_it_was_given_and_the_other_way_round()
    {
        using var store = new StandaloneStore();
        await store.FillAsync();
        var connection = await postgres.NewDatabaseAsync();
        var before = store.Files;

        var there = (await MigrateRun.ToClusterAsync(store.Data, connection)).Succeeded();

        Assert.Contains("Moved and read back: 600 customers", there.Output, StringComparison.Ordinal);
        Assert.Equal(before, store.Files);
        await using (var standalone = await store.OpenAsync(store.Copy("copy")))
        {
            // Ids are remembered until later than today, whatever day the test runs on.
            await using var cluster = new ThreeSilos(postgres) { DuplicateWindow = TimeSpan.FromDays(3_650) };
            await cluster.StartOnAsync(connection, StandaloneStore.Workspaces);
            await RequireSameAnswersAsync(standalone, cluster.Front);
            await RequireAllKnownAsync(store, cluster.Front, store.Events);
            Sample[] fresh = [.. store.Events.Take(700).Select(e => e with { Id = $"new-{e.Id}" })];
            await RecordAsync(standalone, fresh, expected: 700);
            await RecordAsync(cluster.Front, fresh, expected: 700);
            await RequireSettledAsync(cluster, standalone);
        }

        var back = store.NewDirectory("back");
        (await MigrateRun.ToStandaloneAsync(back, connection)).Succeeded();

        await using var again = await store.OpenAsync(back, partitions: null);
        await using var compared = await store.OpenAsync(store.NewDirectory("copy"));
        await RequireSameAnswersAsync(compared, again);
        await RequireAllKnownAsync(store, again, store.Events);
        await RequireAllKnownAsync(
            store,
            again,
            [.. store.Events.Take(700).Select(e => e with { Id = $"new-{e.Id}" })]
        );
        Assert.Equal(3, again.Recovery.Partitions);
    }

    [Fact]
    public async Task A_store_that_was_moved_there_and_back_holds_the_same()
    {
        using var store = new StandaloneStore();
        await store.FillAsync();
        var connection = await postgres.NewDatabaseAsync();
        var back = store.NewDirectory("back");

        (await MigrateRun.ToClusterAsync(store.Data, connection)).Succeeded();
        (await MigrateRun.ToStandaloneAsync(back, connection)).Succeeded();

        using var first = ClosedStore.Open(store.Data);
        using var second = ClosedStore.Open(back);
        Assert.Equal(first.Partitions, second.Partitions);
        Assert.Equal(Rows(first), Rows(second));
        Assert.Equal(first.ReadEventIds().OrderBy(id => id.Key), second.ReadEventIds().OrderBy(id => id.Key));
        Assert.Equivalent(
            first.Workspaces.Select(w => w.Workspace),
            second.Workspaces.Select(w => w.Workspace),
            strict: true
        );
    }

    [Fact]
    public async Task Event_ids_of_the_standalone_server_are_forgotten_a_window_after_the_first_silo_started()
    {
        using var store = new StandaloneStore();
        await store.FillAsync();
        var connection = await postgres.NewDatabaseAsync();
        (await MigrateRun.ToClusterAsync(store.Data, connection)).Succeeded();
        await using var cluster = new ThreeSilos(postgres);
        // However long it took until the silos were started.
        cluster.Clock.Advance(TimeSpan.FromDays(2));
        await cluster.StartOnAsync(connection, StandaloneStore.Workspaces);

        cluster.Clock.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(0, await RecordAsync(cluster.Front, store.Events[..10]));
        cluster.Clock.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(20, await RecordAsync(cluster.Front, store.Events[..10]));
        await using var source = NpgsqlDataSource.Create(connection);
        await using var left = source.CreateCommand("SELECT count(*) FROM scoring_imported_id");
        while ((long)(await left.ExecuteScalarAsync(BackendHost.Cancellation))! > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), BackendHost.Cancellation);
        }
    }

    [Fact]
    public async Task Another_number_of_partitions_is_taken_where_ids_say_whose_they_are()
    {
        using var store = new StandaloneStore();
        await store.FillAsync();
        var connection = await postgres.NewDatabaseAsync();
        await using (var cluster = new ThreeSilos(postgres))
        {
            await cluster.StartOnAsync(connection, StandaloneStore.Workspaces);
            foreach (var workspace in StandaloneStore.Workspaces)
            {
                await cluster.Front.PutModelAsync(workspace.Name, Samples.Model(), BackendHost.Cancellation);
            }
            await RecordAsync(cluster.Front, store.Events, expected: store.Events.Length);
        }
        var made = store.NewDirectory("made");

        (await MigrateRun.ToStandaloneAsync(made, connection, "--partitions", "5")).Succeeded();

        await using var engine = await store.OpenAsync(made, partitions: null);
        Assert.Equal(5, engine.Recovery.Partitions);
        await RequireAllKnownAsync(store, engine, store.Events);
    }

    [Fact]
    public async Task A_dry_run_counts_and_writes_nothing()
    {
        using var store = new StandaloneStore();
        await store.FillAsync();
        var connection = await postgres.NewDatabaseAsync();
        var made = store.NewDirectory("made");

        var there = (await MigrateRun.ToClusterAsync(store.Data, connection, "--dry-run", "--json")).Succeeded();
        var back = (await MigrateRun.ToStandaloneAsync(made, connection, "--dry-run")).Succeeded();

        Assert.Contains("\"customers\": 600", there.Output, StringComparison.Ordinal);
        Assert.Contains("\"eventIds\": 6000", there.Output, StringComparison.Ordinal);
        Assert.Contains("Nothing was written", back.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(made));
        (await MigrateRun.ToClusterAsync(store.Data, connection)).Succeeded();
    }

    private static async Task RequireSettledAsync(ThreeSilos cluster, IScoringBackend standalone)
    {
        foreach (var workspace in StandaloneStore.Workspaces.Select(w => w.Name))
        {
            await new ClusterHost(cluster, workspace).SettleAsync();
        }
        await RequireSameAnswersAsync(standalone, cluster.Front);
    }

    private static async Task RequireSameAnswersAsync(IScoringBackend expected, IScoringBackend actual)
    {
        foreach (var workspace in StandaloneStore.Workspaces.Select(w => w.Name))
        {
            await SameAnswers.OfScoresAsync(expected, actual, workspace, StandaloneStore.Customers);
            foreach (var filter in (string[])["", "plan = \"p1\""])
            {
                await SameAnswers.OfSegmentAsync(expected, actual, workspace, SegmentFilter.Parse(filter));
            }
            foreach (var account in StandaloneStore.Accounts)
            {
                await SameAnswers.OfAccountAsync(expected, actual, workspace, account);
            }
            Assert.Equivalent(
                await expected.ListModelsAsync(workspace, BackendHost.Cancellation),
                await actual.ListModelsAsync(workspace, BackendHost.Cancellation),
                strict: true
            );
            Assert.Equal(
                await expected.ListEventTypesAsync(workspace, BackendHost.Cancellation),
                (await actual.ListEventTypesAsync(workspace, BackendHost.Cancellation)).Order(StringComparer.Ordinal)
            );
        }
    }

    /// <summary>Events that were acknowledged are duplicates when they come again, and conflicts when they say something else.</summary>
    private static async Task RequireAllKnownAsync(StandaloneStore store, IScoringBackend backend, Sample[] events)
    {
        Assert.NotEmpty(store.Events);
        foreach (var workspace in StandaloneStore.Workspaces.Select(w => w.Name))
        {
            foreach (var chunk in events.Chunk(1_000))
            {
                using var same = Samples.Batch(chunk, workspace);
                var again = await backend.RecordAsync(same, BackendHost.Cancellation);
                Assert.Equal((0, chunk.Length), (again.Accepted, again.Duplicates));
                using var other = Samples.Batch([.. chunk.Select(e => e with { Value = e.Value + 1 })], workspace);
                var different = await backend.RecordAsync(other, BackendHost.Cancellation);
                Assert.Equal(chunk.Length, different.Rejections.Count);
                Assert.All(different.Rejections, r => Assert.Equal(RejectionReason.EventIdConflict, r.Reason));
            }
        }
    }

    private static async Task RecordAsync(IScoringBackend backend, Sample[] events, int expected) =>
        Assert.Equal(expected * StandaloneStore.Workspaces.Length, await RecordAsync(backend, events));

    /// <summary>Records events in all workspaces and gives how many were counted.</summary>
    private static async Task<int> RecordAsync(IScoringBackend backend, Sample[] events)
    {
        var accepted = 0;
        foreach (var workspace in StandaloneStore.Workspaces.Select(w => w.Name))
        {
            using var batch = Samples.Batch(events, workspace);
            accepted += (await backend.RecordAsync(batch, BackendHost.Cancellation)).Accepted;
        }
        return accepted;
    }

    private static IEnumerable<(string Workspace, string Record)> Rows(ClosedStore store) =>
        store
            .Workspaces.SelectMany(w =>
                w.ReadCustomers()
                    .Concat(w.ReadAccounts())
                    .Select(row => (w.Workspace.Name, Convert.ToHexString(row.Record.Span)))
            )
            .Order();
}
