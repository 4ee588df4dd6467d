using Scoring.Engine;
using Scoring.Engine.Files;
using Scoring.Engine.Moving;
using Scoring.Engine.Recovery;
using Scoring.Engine.Storage;
using Scoring.Postgres.Tests.Support;

namespace Scoring.Postgres.Tests;

/// <summary>A store that is moved into databases, out of them, and from one to another.</summary>
public sealed class StoreMoveTests(PostgresServer server) : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("scoring-move-").FullName;

    private string Files => Path.Combine(_root, "from");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData(1, 4, null)]
    [InlineData(2, 4, 6)]
    [InlineData(3, 5, 2)]
    public async Task A_store_answers_after_a_move_into_databases_and_back_what_it_answered_before(
        int databases,
        int before,
        int? after
    )
    {
        var expected = await MakeFiles(before);
        string[] names = [.. Enumerable.Range(0, databases).Select(_ => server.NewDatabase())];

        using (var from = Source())
        using (var to = Open(names))
        {
            Move(from, to, after);
        }

        await using (var engine = await OpenEngine(names))
        {
            Assert.Equal(expected, await StoreToMove.AnswersAsync(engine));
            await StoreToMove.SendAgainAsync(engine);
            await engine.UpsertCustomersAsync("default", [new("new", "", [])], BackendHost.Cancellation);
            expected = await StoreToMove.AnswersAsync(engine);
        }
        var rows = Rows(names);
        var back = Path.Combine(_root, "back");
        using (var from = Open(names))
        using (var to = FileStore.Lock(StoreToMove.Options(back)))
        {
            Move(from, to, before);
        }
        Assert.Equal(rows, Rows(names));
        await using var files = await ScoringEngine.OpenAsync(StoreToMove.Options(back), BackendHost.Cancellation);
        Assert.Equal(expected, await StoreToMove.AnswersAsync(files));
        await StoreToMove.SendAgainAsync(files);
    }

    [Fact]
    public async Task A_store_moves_from_one_database_into_two()
    {
        var expected = await MakeFiles(4);
        string[] one = [server.NewDatabase()];
        string[] two = [server.NewDatabase(), server.NewDatabase()];
        using (var files = Source())
        using (var first = Open(one))
        {
            Move(files, first, null);
        }

        using (var from = Open(one))
        using (var to = Open(two))
        {
            Move(from, to, 8);
        }

        await using var engine = await OpenEngine(two);
        Assert.Equal(expected, await StoreToMove.AnswersAsync(engine));
    }

    [Fact]
    public async Task A_move_that_is_cut_short_anywhere_is_opened_by_no_server_and_gone_on_with()
    {
        var expected = await MakeFiles(2);
        var steps = CutShortAt(int.MaxValue, [server.NewDatabase(), server.NewDatabase()]);
        Assert.InRange(steps, 10, 100);
        string[] databases = [];
        for (var step = 1; step <= steps; step++)
        {
            databases = [server.NewDatabase(), server.NewDatabase()];
            Assert.Equal(step, CutShortAt(step, databases));
            NoServerOpensIt(databases);
            using var from = Source();
            using var to = Open(databases);
            Move(from, to, 4);
        }
        await using var engine = await OpenEngine(databases);
        Assert.Equal(expected, await StoreToMove.AnswersAsync(engine));
    }

    [Fact]
    public async Task A_move_of_which_only_a_part_was_made_a_store_is_gone_on_with_or_begun_anew()
    {
        await MakeFiles(2);
        string[] databases = [server.NewDatabase(), server.NewDatabase()];
        CutShortAt(12, databases);
        // The last database is made one first.
        PostgresServer.Execute(databases[1], "UPDATE scoring.store SET layout = 1");
        NoServerOpensIt(databases);
        using (var from = Source())
        using (var to = Open(databases))
        {
            Move(from, to, 4);
        }
        await using (await OpenEngine(databases)) { }

        string[] others = [server.NewDatabase(), server.NewDatabase()];
        CutShortAt(12, others);
        using (var from = Source())
        using (var to = Open(others))
        {
            StoreMove.Run(from, to, new() { Partitions = 3, Restart = true }, BackendHost.Cancellation);
        }
        await using (await OpenEngine(others)) { }
    }

    [Fact]
    public async Task A_move_that_got_no_further_than_one_database_is_begun_again()
    {
        await MakeFiles(2);
        string[] databases = [server.NewDatabase(), server.NewDatabase()];
        CutShortAt(1, databases);
        PostgresServer.Execute(databases[0], "DROP SCHEMA scoring CASCADE");

        using (var from = Source())
        using (var to = Open(databases))
        {
            Move(from, to, 4);
        }

        await using (await OpenEngine(databases)) { }
    }

    [Fact]
    public async Task A_store_that_a_server_has_open_is_refused_by_name_until_its_lease_has_ended()
    {
        await MakeFiles(2);
        string[] databases = [server.NewDatabase()];
        using (var from = Source())
        using (var to = Open(databases))
        {
            Move(from, to, null);
        }
        using var owner = new PostgresStore(TestServer.Options(databases) with { Server = "one-that-runs" });
        owner.Ownership.Claim(0);

        using (var from = Open(databases))
        using (var to = FileStore.Lock(StoreToMove.Options(Path.Combine(_root, "to"))))
        {
            var error = Assert.Throws<StoreException>(() => Move(from, to, null));
            Assert.Contains("one-that-runs", error.Message, StringComparison.Ordinal);
            Assert.Contains("Stop all servers", error.Message, StringComparison.Ordinal);
        }

        owner.Dispose();
        using (var from = Open(databases))
        using (var to = FileStore.Lock(StoreToMove.Options(Path.Combine(_root, "to"))))
        {
            Move(from, to, null);
        }
    }

    [Fact]
    public async Task No_server_claims_anything_of_a_store_while_it_is_moved()
    {
        await MakeFiles(2);
        string[] databases = [server.NewDatabase()];
        using (var from = Source())
        using (var to = Open(databases))
        {
            Move(from, to, null);
        }
        using var late = new PostgresStore(
            TestServer.Options(databases) with
            {
                CommandTimeout = TimeSpan.FromSeconds(1),
                Lease = TimeSpan.FromSeconds(1),
            }
        );
        var tried = 0;
        using (var from = Open(databases))
        using (var to = FileStore.Lock(StoreToMove.Options(Path.Combine(_root, "to"))))
        {
            var options = new MoveOptions
            {
                Report = _ =>
                {
                    if (tried++ == 0)
                    {
                        Assert.Throws<StoreFailure>(() => late.Ownership.Claim(0));
                    }
                },
            };
            StoreMove.Run(from, to, options, BackendHost.Cancellation);
        }

        Assert.True(late.Ownership.Claim(0).Epoch > 0);
    }

    [Fact]
    public async Task Once_servers_may_have_been_let_in_the_copy_is_no_store()
    {
        await MakeFiles(2);
        string[] databases = [server.NewDatabase()];
        using (var from = Source())
        using (var to = Open(databases))
        {
            Move(from, to, null);
        }
        var copy = Path.Combine(_root, "to");
        using (var from = Open(databases))
        using (var to = FileStore.Lock(StoreToMove.Options(copy)))
        {
            var options = new MoveOptions
            {
                Report = _ =>
                    PostgresServer.Execute(
                        server.Administrator,
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE '% move'"
                    ),
            };
            var error = Assert.Throws<StoreException>(() => StoreMove.Run(from, to, options, BackendHost.Cancellation));
            Assert.Contains("Run the same command again", error.Message, StringComparison.Ordinal);
            Assert.True(to.IsHalfMoved());
        }
    }

    [Fact]
    public async Task Nothing_is_written_over_a_store()
    {
        await MakeFiles(2);
        string[] databases = [server.NewDatabase()];
        using var from = Source();
        using (var to = Open(databases))
        {
            Move(from, to, null);
        }
        var rows = Rows(databases);

        using var again = Open(databases);
        var error = Assert.Throws<StoreException>(() => Move(from, again, null));

        Assert.Contains("already", error.Message, StringComparison.Ordinal);
        Assert.Equal(rows, Rows(databases));
    }

    [Fact]
    public async Task A_database_that_cannot_be_reached_says_so()
    {
        await MakeFiles(2);
        using var from = Source();
        using var to = Open("Host=127.0.0.1;Port=1;Username=nobody;Database=none");

        var error = Assert.Throws<StoreException>(() => Move(from, to, null));

        Assert.Contains("PostgreSQL 127.0.0.1, database none", error.Message, StringComparison.Ordinal);
    }

    private async Task<string> MakeFiles(int partitions)
    {
        PostgresServer.SkipWhereMissing();
        await using var engine = await ScoringEngine.OpenAsync(
            StoreToMove.Options(Files, partitions),
            BackendHost.Cancellation
        );
        await StoreToMove.FillAsync(engine);
        return await StoreToMove.AnswersAsync(engine);
    }

    private IMovableStore Source() => StoreFiles.Lock(StoreToMove.Options(Files));

    private static PostgresStore Open(params string[] databases) => new(TestServer.Options(databases));

    private static Task<ScoringEngine> OpenEngine(string[] databases) =>
        ScoringEngine.OpenAsync(
            StoreToMove.Options("unused"),
            () => new StoreOfGoneOwners(Open(databases)),
            BackendHost.Cancellation
        );

    private static void Move(IMovableStore from, IMovableStore to, int? partitions) =>
        StoreMove.Run(from, to, new() { Partitions = partitions }, BackendHost.Cancellation);

    /// <summary>Ends a move into four partitions at a step of what is written, as a kill would; gives the steps that there were.</summary>
    private int CutShortAt(int step, string[] databases)
    {
        var steps = 0;
        using var from = Source();
        using var to = new PostgresStore(
            TestServer.Options(databases) with
            {
                CommitProbe = _ =>
                {
                    if (++steps >= step)
                    {
                        throw new KilledException();
                    }
                },
            }
        );
        try
        {
            Move(from, to, 4);
        }
        catch (KilledException)
        {
            Assert.Equal(step, steps);
        }
        return steps;
    }

    private static void NoServerOpensIt(string[] databases)
    {
        using var store = Open(databases);
        Assert.True(store.IsHalfMoved());
        var error = Assert.Throws<StoreException>(() => store.Exists());
        Assert.Contains("scoring move", error.Message, StringComparison.Ordinal);
    }

    /// <summary>All rows of all tables but those that are locked while a store is moved.</summary>
    private static string Rows(string[] databases) =>
        string.Join(
            '\n',
            databases.SelectMany(database =>
                new[] { "store", "document", "server", "partition", "blob", "generation" }.Select(table =>
                    PostgresServer.Ask<string>(
                        database,
                        $"SELECT '{table}' || coalesce(md5(string_agg(t::text || t.xmin::text, ',' ORDER BY t::text)), '') FROM scoring.{table} t"
                    )
                )
            )
        );

    private sealed class KilledException : Exception;
}
