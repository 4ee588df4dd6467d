using Scoring.Postgres.Tests.Support;

namespace Scoring.Postgres.Tests;

/// <summary>Several servers at the log of the same partition: a place is taken once, whoever appends, and whichever table it lies in.</summary>
public sealed class OwnersOfALogTests(PostgresServer server)
{
    private const int Partitions = 3;
    private readonly string _database = server.NewDatabase();

    [Fact]
    public void The_first_entry_of_a_later_owner_ends_what_the_one_before_appends()
    {
        using var first = Start();
        using var second = Start();
        first.Claim(0, 1);
        Assert.Empty(first.Append((0, "a"), (1, "a")));
        second.Claim(0);
        Assert.Empty(second.Append((0, "b")));

        Assert.Equal([0], first.Append((0, "c"), (1, "c")));

        Assert.Equal(["1 a", "2 b"], second.Read(0));
        Assert.Equal(["1 a", "2 c"], second.Read(1));
    }

    [Fact]
    public void What_an_owner_before_appended_after_the_claim_is_read_by_the_later_one_once_its_place_is_taken()
    {
        using var first = Start();
        using var second = Start();
        first.Claim(0);
        first.Append((0, "a"));
        second.Claim(0);
        // It does not know yet.
        Assert.Empty(first.Append((0, "b")));

        Assert.Equal([0], second.Append((0, "mine")));
        second.ReadOn(0);
        Assert.Empty(second.Append((0, "mine")));

        Assert.Equal([0], first.Append((0, "c")));
        Assert.Equal(["1 a", "2 b", "3 mine"], second.Read(0));
    }

    [Fact]
    public void A_server_that_has_not_claimed_a_partition_cannot_append_to_it()
    {
        using var one = Start();

        Assert.Throws<InvalidOperationException>(() => one.Append((0, "a")));
    }

    [Fact]
    public void Rows_go_by_whole_tables_once_checkpoints_of_all_servers_contain_them()
    {
        using var first = Start();
        using var second = Start();
        first.Claim(0, 1);
        second.Claim(2);
        second.Append((2, "rests"));
        FillTables(first, 3, 0, 1);
        first.Log.Forget(first.Newest);
        Assert.Contains(1L, Tables());

        // What the other server appended is contained in no checkpoint until it says so.
        second.Log.Forget(second.Newest);

        // The newest, and perhaps one more that is being made beside the commits.
        Assert.DoesNotContain(1L, Tables());
        Assert.InRange(Tables().Length, 1, 2);
        Assert.Empty(second.Append((2, "goes on")));
        Assert.Empty(first.Append((0, "goes on")));
        Assert.Equal(["2 goes on"], second.Read(2, after: 1));
    }

    [Fact]
    public void Partitions_that_rest_keep_no_room_in_use_and_go_on_where_everybody_looks()
    {
        using var former = Start();
        using var owner = Start();
        former.Claim(0, 1);
        former.Append((0, "a"), (1, "a"));
        former.Log.Forget(former.Newest);
        owner.Claim(1);
        FillTables(owner, 3, 1);
        owner.Log.Forget(owner.Newest);
        Assert.DoesNotContain(1L, Tables());

        // Both believe to own it, and that the next place is in a table that is gone.
        using var later = Start();
        later.Store.Ownership.Claim(0);
        later.StartAt(0, 1);
        Assert.Empty(later.Append((0, "later")));
        Assert.Equal([0], former.Append((0, "former")));

        Assert.Equal(["2 later"], later.Read(0, after: 1));
    }

    [Fact]
    public void A_former_owner_cannot_append_behind_a_table_that_was_dropped_with_what_came_after_it()
    {
        using var former = Start();
        former.Claim(0, 1);
        former.Append((0, "a"));
        using var owner = Start();
        owner.Claim(0, 1);
        owner.Append((0, "b"));
        FillTables(owner, 2, 1);
        owner.Log.Forget(owner.Newest);
        Assert.DoesNotContain(1L, Tables());

        // The place of its next entry is taken, by an entry that is not there any more.
        Assert.Equal([0], former.Append((0, "never")));

        Assert.Empty(owner.Append((0, "c")));
        Assert.Equal(["3 c"], owner.Read(0, after: 2));
    }

    [Fact]
    public async Task A_table_that_somebody_is_appending_to_is_neither_dropped_nor_waited_for()
    {
        using var owner = Start();
        owner.Claim(0, 1);
        owner.Append((0, "rests"));
        FillTables(owner, 2, 1);
        // A former owner's append, which is not committed yet.
        await using var appending = await Transaction.BeginAsync(
            _database,
            "INSERT INTO scoring.log_1 SELECT partition, 2, 1, 0, 1, 0, content FROM scoring.log_1 WHERE partition = 0"
        );

        await Task.Run(() => owner.Log.Forget(owner.Newest), TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Contains(1L, Tables());
        await appending.CommitAsync();
        owner.Log.Forget(owner.Newest);

        // What it appended is contained in no checkpoint.
        Assert.Contains(1L, Tables());
        Assert.Equal([0], owner.Append((0, "late")));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Whatever_owners_do_in_whatever_order_nothing_is_lost_or_there_twice(int databases)
    {
        string[] names = [_database, .. Enumerable.Range(1, databases - 1).Select(_ => server.NewDatabase())];
        for (var seed = 0; seed < 12; seed++)
        {
            new OwnersInRandomOrder(names, Partitions, seed).Run(steps: 120);
        }
    }

    /// <summary>Appends until some more tables were made.</summary>
    private void FillTables(TestServer owner, int tables, params int[] partitions)
    {
        var text = new string('x', 2_000);
        for (var until = Tables().Max() + tables; Tables().Max() < until; )
        {
            Assert.Empty(owner.Append([.. partitions.Select(partition => (partition, text))]));
        }
        // So that it is known of, and the partitions are in it.
        owner.Append([.. partitions.Select(partition => (partition, text))]);
        owner.Append([.. partitions.Select(partition => (partition, text))]);
    }

    private long[] Tables() =>
        PostgresServer.Ask<long[]>(_database, "SELECT array_agg(number ORDER BY number) FROM scoring.generation");

    private TestServer Start() => new(TestServer.Options(_database), Partitions);
}
