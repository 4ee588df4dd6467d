using System.Diagnostics;
using Npgsql;
using Scoring.Cluster.Tests.Clusters;
using Scoring.Cluster.Tests.Postgres;
using Scoring.Core.Workspaces;
using Scoring.Engine.Moving;
using Scoring.Postgres;

namespace Scoring.Cluster.Tests.Migration;

/// <summary>What cannot be moved is refused with what to do, and leaves nothing behind.</summary>
public sealed class MigrationRefusalSpecs(PostgresServer postgres)
{
    private const string OfTheMove =
        "FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'COPY scoring_imported_id%'";

    [Fact]
    public async Task A_migration_that_is_killed_leaves_nothing_and_can_be_run_again()
    {
        using var store = new StandaloneStore();
        await store.FillAsync();
        var connection = await postgres.NewDatabaseAsync();
        await using var source = NpgsqlDataSource.Create(connection);
        Guid first;
        using (var closed = ClosedStore.Open(store.Data))
        {
            first = ImportedIds.ToGuid(closed.ReadEventIds().First().Key);
        }

        // Somebody else's row of the same key makes it wait with all customers written.
        await using (var other = await source.OpenConnectionAsync(BackendHost.Cancellation))
        {
            await using var held = await other.BeginTransactionAsync(BackendHost.Cancellation);
            await using var insert = other.CreateCommand();
            insert.CommandText = $"INSERT INTO scoring_imported_id VALUES ('{first}', 0, 0, 0)";
            await insert.ExecuteNonQueryAsync(BackendHost.Cancellation);
            using var process = Start("migrate", "to-cluster", store.Data, "--postgres", connection);
            await UntilAsync(source, $"SELECT EXISTS (SELECT {OfTheMove} AND wait_event_type = 'Lock')", process);
            process.Kill();
            await process.WaitForExitAsync(BackendHost.Cancellation);
            await held.RollbackAsync(BackendHost.Cancellation);
        }
        await UntilAsync(source, $"SELECT NOT EXISTS (SELECT {OfTheMove} AND state = 'active')");

        Assert.False(await AskAsync(source, "SELECT EXISTS (SELECT FROM scoring_customer)"));
        Assert.False(await AskAsync(source, "SELECT EXISTS (SELECT FROM scoring_state)"));
        (await MigrateRun.ToClusterAsync(store.Data, connection)).Succeeded();
    }

    [Fact]
    public async Task Nothing_is_moved_while_a_server_or_a_silo_runs()
    {
        using var store = new StandaloneStore();
        var connection = await postgres.NewDatabaseAsync();
        await using (await store.OpenAsync())
        {
            (await MigrateRun.ToClusterAsync(store.Data, connection)).FailedSaying("Stop the process that uses it");
        }
        await using (var cluster = new ThreeSilos(postgres))
        {
            await cluster.StartOnAsync(connection);
            (await MigrateRun.ToClusterAsync(store.Data, connection)).FailedSaying("stop all silos");
            (await MigrateRun.ToStandaloneAsync(store.NewDirectory("back"), connection)).FailedSaying("stop all silos");
        }

        (await MigrateRun.ToClusterAsync(store.Data, connection)).Succeeded();
    }

    [Fact]
    public async Task A_silo_does_not_start_while_something_is_moved()
    {
        var connection = await postgres.NewDatabaseAsync();
        await using var source = NpgsqlDataSource.Create(connection);
        await using var mover = await source.OpenConnectionAsync(BackendHost.Cancellation);
        Assert.True(await StoreClaim.TryTakeAsync(mover, BackendHost.Cancellation));
        await using var cluster = new ThreeSilos(postgres);

        var error = await Assert.ThrowsAnyAsync<Exception>(() => cluster.StartOnAsync(connection));

        Assert.Contains("'scoring migrate' is moving", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silo_does_not_start_on_other_half_lives_than_those_of_the_data()
    {
        using var store = new StandaloneStore();
        await store.FillAsync();
        var connection = await postgres.NewDatabaseAsync();
        (await MigrateRun.ToClusterAsync(store.Data, connection)).Succeeded();
        await using var cluster = new ThreeSilos(postgres);

        var error = await Assert.ThrowsAnyAsync<Exception>(() =>
            cluster.StartOnAsync(connection, new WorkspaceSettings { Name = StandaloneStore.Other })
        );

        Assert.Contains("HalfLivesDays [1, 7, 30, 90]", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_in_the_database_is_never_written_over()
    {
        using var store = new StandaloneStore();
        await store.FillAsync();
        var connection = await postgres.NewDatabaseAsync();
        (await MigrateRun.ToClusterAsync(store.Data, connection)).Succeeded();
        using var another = new StandaloneStore();
        await another.FillAsync();

        (await MigrateRun.ToClusterAsync(store.Data, connection)).FailedSaying("was moved into this database already");
        (await MigrateRun.ToClusterAsync(another.Data, connection)).FailedSaying("holds customers or accounts already");
        (await MigrateRun.ToClusterAsync(another.Data, connection, "--dry-run")).FailedSaying("holds customers");
    }

    [Fact]
    public async Task Silos_that_only_loaded_their_model_files_are_in_nobodys_way_but_a_model_that_was_put_is()
    {
        using var store = new StandaloneStore();
        await store.FillAsync();
        var connection = await postgres.NewDatabaseAsync();
        await using (var cluster = new ThreeSilos(postgres))
        {
            await cluster.StartOnAsync(connection);
            await cluster.Service<Models.ModelLoader>(0).LoadAsync(new() { Name = "default" }, Samples.Model(), "1");
            await cluster.Front.PutModelAsync("", Samples.Model("mine"), BackendHost.Cancellation);
        }
        (await MigrateRun.ToClusterAsync(store.Data, connection)).FailedSaying("the model 'mine'");

        await using var source = NpgsqlDataSource.Create(connection);
        await using var command = source.CreateCommand("UPDATE scoring_state SET content = @c WHERE kind = 'models'");
        var loaded = StoredModels.None.With(Samples.Model() with { Version = 1 }, "1");
        command.Parameters.AddWithValue("c", loaded.Write());
        await command.ExecuteNonQueryAsync(BackendHost.Cancellation);

        (await MigrateRun.ToClusterAsync(store.Data, connection)).Succeeded();
    }

    [Fact]
    public async Task A_store_is_never_written_over()
    {
        using var store = new StandaloneStore();
        await store.FillAsync();
        var before = store.Files;

        var run = await MigrateRun.ToStandaloneAsync(store.Data, await postgres.NewDatabaseAsync());

        run.FailedSaying("nothing is ever written over one");
        Assert.Equal(before, store.Files);
    }

    [Fact]
    public async Task Names_that_fit_the_partitions_but_not_the_workspace_keep_nothing_from_being_moved()
    {
        using var store = new StandaloneStore();
        await using (var engine = await store.OpenAsync())
        {
            Sample[] events = [.. Enumerable.Range(0, 1_500).Select(i => new Sample($"c{i}", null, $"type{i}"))];
            using var batch = Samples.Batch(events);
            Assert.Empty((await engine.RecordAsync(batch, BackendHost.Cancellation)).Rejections);
        }

        var run = await MigrateRun.ToClusterAsync(store.Data, await postgres.NewDatabaseAsync());

        run.Succeeded();
    }

    [Fact]
    public async Task Other_partitions_are_refused_while_ids_of_the_old_ones_are_remembered()
    {
        using var store = new StandaloneStore();
        await store.FillAsync();
        var connection = await postgres.NewDatabaseAsync();
        (await MigrateRun.ToClusterAsync(store.Data, connection)).Succeeded();

        var run = await MigrateRun.ToStandaloneAsync(store.NewDirectory("back"), connection, "--partitions", "4");

        run.FailedSaying("Leave --partitions out");
    }

    [Theory]
    [InlineData("UPDATE scoring_customer SET record = '\\x0102' WHERE customer = 'c7'", "the customer 'c7'")]
    [InlineData("UPDATE scoring_customer SET customer = 'c7777' WHERE customer = 'c7'", "the customer 'c7777'")]
    [InlineData("UPDATE scoring_state SET key = 'default/zz' WHERE key = 'default/a7'", "the account 'zz'")]
    [InlineData("UPDATE scoring_state SET key = 'zz' WHERE key = 'default/a7'", "no workspace")]
    [InlineData("UPDATE scoring_state SET content = 'x' WHERE kind = 'models'", "malformed")]
    [InlineData("UPDATE scoring_state SET content = '{}' WHERE kind = 'workspace'", "incomplete")]
    [InlineData("UPDATE scoring_imported_id SET partition = 77", "partition 77")]
    [InlineData("INSERT INTO scoring_event_id VALUES ('default', 'c7', 0, '\\x01')", "wrong length")]
    [InlineData("INSERT INTO scoring_event_id VALUES ('gone', 'c7', 0, '')", null)]
    [InlineData("DROP TABLE scoring_customer", "has not all tables")]
    public async Task What_is_damaged_in_the_database_is_named_and_makes_no_store(string damage, string? words)
    {
        using var store = new StandaloneStore();
        await store.FillAsync();
        var connection = await postgres.NewDatabaseAsync();
        (await MigrateRun.ToClusterAsync(store.Data, connection)).Succeeded();
        await using (var source = NpgsqlDataSource.Create(connection))
        {
            await using var command = source.CreateCommand(damage);
            await command.ExecuteNonQueryAsync(BackendHost.Cancellation);
        }
        var back = store.NewDirectory("back");

        var run = await MigrateRun.ToStandaloneAsync(back, connection);

        if (words is null)
        {
            run.Succeeded();
            return;
        }
        run.FailedSaying(words);
        Assert.DoesNotContain(
            "scoring.store",
            Directory.Exists(back) ? Directory.GetFileSystemEntries(back).Select(Path.GetFileName) : []
        );
    }

    [Fact]
    public async Task A_damaged_store_is_refused()
    {
        using var store = new StandaloneStore();
        await store.FillAsync();
        var connection = await postgres.NewDatabaseAsync();
        var file = Path.Combine(store.Data, "scoring.store");
        var bytes = await File.ReadAllBytesAsync(file, BackendHost.Cancellation);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, BackendHost.Cancellation);

        (await MigrateRun.ToClusterAsync(store.Data, connection)).FailedSaying("damaged");
        await File.WriteAllBytesAsync(file, new byte[4_096], BackendHost.Cancellation);
        (await MigrateRun.ToClusterAsync(store.Data, connection)).FailedSaying("not a file of a store of this service");
    }

    private static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.ArgumentList.Add(Path.Combine(Repository.BuiltOutput("src/Scoring.Cli"), "scoring.dll"));
        Array.ForEach(arguments, start.ArgumentList.Add);
        return Process.Start(start)!;
    }

    private static async Task UntilAsync(NpgsqlDataSource source, string question, Process? process = null)
    {
        while (!await AskAsync(source, question))
        {
            Assert.False(process?.HasExited ?? false, "The process ended by itself.");
            await Task.Delay(TimeSpan.FromMilliseconds(20), BackendHost.Cancellation);
        }
    }

    private static async Task<bool> AskAsync(NpgsqlDataSource source, string question)
    {
        await using var command = source.CreateCommand(question);
        return (bool)(await command.ExecuteScalarAsync(BackendHost.Cancellation))!;
    }
}
