using Npgsql;
using Scoring.Cluster.Customers;
using Scoring.Cluster.Hosting;
using Scoring.Cluster.Storage;
using Scoring.Cluster.Tests.Postgres;
using Scoring.Core.Time;
using Scoring.Postgres;

namespace Scoring.Cluster.Tests.Storage;

public sealed class CustomerTableSpecs(PostgresServer postgres) : IAsyncLifetime
{
    private static readonly ClusterOptions Options = new() { ConnectionString = "" };
    private NpgsqlDataSource _source = null!;
    private CustomerTable _table = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _source = NpgsqlDataSource.Create(await postgres.NewDatabaseAsync());
        _table = new CustomerTable(_source);
    }

    public async ValueTask DisposeAsync() => await _source.DisposeAsync();

    [Fact]
    public async Task What_was_written_is_read()
    {
        var key = new CustomerKey("w", "ann/\0ü");
        var window = Window("1", "2");
        Assert.True(await IsWritten(Write(key, 0, [1, 2, 3], window)));

        var (version, state) = await _table.ReadAsync(key, Cancellation);

        Assert.Equal((1, 2), (version, state.Window.Count));
        Assert.Equal([1, 2, 3], state.Record);
        Assert.Equal([true, true, null], Find(state.Window, "1", "2", "3"));
    }

    [Fact]
    public async Task A_customer_that_is_not_there_has_version_0()
    {
        var (version, state) = await _table.ReadAsync(new CustomerKey("w", "nobody"), Cancellation);

        Assert.Equal((0, 0, 0), (version, state.Record.Length, state.Window.Count));
    }

    [Fact]
    public async Task Customers_that_are_read_together_come_in_the_order_they_are_named_in()
    {
        CustomerKey[] keys = [.. Enumerable.Range(0, 5).Select(i => new CustomerKey("w", $"c{i}"))];
        CustomerWrite[] writes = [.. keys.Take(4).Select((key, i) => Write(key, 0, [(byte)i], Window($"{i}", "x")))];
        await _table.WriteAsync(writes, Cancellation);

        var read = await _table.ReadAsync([keys[3], keys[4], keys[0], keys[3]], Cancellation);

        Assert.Equal([1, 0, 1, 1], read.Select(customer => customer.Version));
        Assert.Equal([3], read[0].State.Record);
        Assert.Equal((0, 0), (read[1].State.Record.Length, read[1].State.Window.Count));
        Assert.Equal([0], read[2].State.Record);
        Assert.Equal([true, true, null], Find(read[3].State.Window, "3", "x", "0"));
    }

    [Fact]
    public async Task A_customer_that_cannot_be_read_fails_alone()
    {
        CustomerKey[] keys = [.. Enumerable.Range(0, 300).Select(i => new CustomerKey("w", $"c{i}"))];
        await _table.WriteAsync([.. keys.Select(key => Write(key, 0, [1], Window("1")))], Cancellation);
        await using var damage = _source.CreateCommand(
            "UPDATE scoring_event_id SET ids = '\\x00' WHERE convert_from(customer, 'UTF8') = 'c7'"
        );
        Assert.Equal(1, await damage.ExecuteNonQueryAsync(Cancellation));
        await using var reader = new CustomerReader(_table, workers: 1);

        Task<(long Version, CustomerState State)>[] reads = [.. keys.Select(reader.ReadAsync)];

        await Assert.ThrowsAsync<InvalidDataException>(() => reads[7]);
        Assert.All(await Task.WhenAll(reads.Where((_, i) => i != 7)), read => Assert.Equal(1, read.Version));
    }

    [Fact]
    public async Task Of_two_first_writers_one_succeeds_and_the_other_changes_nothing()
    {
        var key = new CustomerKey("w", "a");

        var results = await Task.WhenAll(
            Enumerable
                .Range(1, 8)
                .Select(i => _table.WriteAsync([Write(key, 0, [(byte)i], Window($"{i}"))], Cancellation))
        );

        var winner = Array.FindIndex(results, result => result[0]) + 1;
        Assert.Single(results, result => result[0]);
        var (version, state) = await _table.ReadAsync(key, Cancellation);
        Assert.Equal((1, (byte)winner, 1), (version, Assert.Single(state.Record), state.Window.Count));
        Assert.Equal([true], Find(state.Window, $"{winner}"));
    }

    [Fact]
    public async Task Who_has_read_an_older_version_is_fenced_off_and_changes_nothing()
    {
        var key = new CustomerKey("w", "a");
        await _table.WriteAsync([Write(key, 0, [1], Window("1"))], Cancellation);
        await _table.WriteAsync([Write(key, 1, [2], Window("1", "2"))], Cancellation);

        Assert.False(await IsWritten(Write(key, 1, [3], Window("1", "3"))));

        var (version, state) = await _table.ReadAsync(key, Cancellation);
        Assert.Equal((2, (byte)2), (version, Assert.Single(state.Record)));
        Assert.Equal([true, true, null], Find(state.Window, "1", "2", "3"));
    }

    [Fact]
    public async Task Customers_that_are_written_together_succeed_or_fail_each_by_itself()
    {
        CustomerKey[] keys = [.. Enumerable.Range(0, 6).Select(i => new CustomerKey("w", $"c{i}"))];
        await _table.WriteAsync([.. keys.Take(3).Select(key => Write(key, 0, [1], Window("1")))], Cancellation);

        // Right for the first and the last three, an older version for the second, a first write of one that is there for the third.
        long[] expected = [1, 7, 0, 0, 0, 0];
        var written = await _table.WriteAsync(
            [.. keys.Select((key, i) => Write(key, expected[i], [2], Window("1", "2")))],
            Cancellation
        );

        Assert.Equal([true, false, false, true, true, true], written);
        foreach (var (key, isWritten) in keys.Zip(written))
        {
            var (_, state) = await _table.ReadAsync(key, Cancellation);
            Assert.Equal((isWritten ? 2 : 1, isWritten ? 2 : 1), (Assert.Single(state.Record), state.Window.Count));
        }
    }

    [Fact]
    public async Task A_window_is_written_by_the_blocks_that_changed_and_loses_those_that_were_forgotten()
    {
        var key = new CustomerKey("w", "a");
        var window = new EventIdWindow();
        var events = Enumerable.Range(0, 1_000).Select(i => $"{i}").ToArray();
        for (var i = 0; i < events.Length; i++)
        {
            var received = new Instant(TimeSpan.FromMinutes(i).Ticks);
            window.Expire(received, Options);
            Windows.Add(window, received, events[i]);
            var write = Write(key, i, [1], window);
            Assert.InRange(write.Blocks.Count, 1, 2);
            Assert.True(await IsWritten(write));
            window.Written();
        }

        var (_, state) = await _table.ReadAsync(key, Cancellation);

        Assert.Equal(window.Count, state.Window.Count);
        Assert.InRange(state.Window.Count, 60, 60 + EventIdWindow.BlockIds);
        Assert.Equal([true, true, null], Find(state.Window, "999", "941", "800"));
    }

    [Fact]
    public async Task Customers_of_buckets_are_read_by_when_they_changed()
    {
        CustomerKey[] keys = [.. Enumerable.Range(0, 100).Select(i => new CustomerKey("w", $"c{i}"))];
        await _table.WriteAsync([.. keys.Select(key => Write(key, 0, [1], Window("1")))], Cancellation);
        await _table.WriteAsync([Write(new("other", "c0"), 0, [1], Window("1"))], Cancellation);
        var before = await Now();
        await _table.WriteAsync([Write(keys[7], 1, [2], Window("1"))], Cancellation);

        var all = new List<string>();
        for (var shard = 0; shard < 3; shard++)
        {
            all.AddRange(await Read(shard, DateTime.UnixEpoch));
        }
        var changed = new List<string>();
        for (var shard = 0; shard < 3; shard++)
        {
            changed.AddRange(await Read(shard, before));
        }

        Assert.Equal(keys.Select(k => k.CustomerId).Order(), all.Order());
        Assert.Equal(["c7"], changed);
    }

    [Fact]
    public async Task Plans_that_were_made_for_empty_tables_read_no_more_than_what_is_wanted_of_large_ones()
    {
        const int Many = 50_000;
        await using var source = ScoringSiloBuilderExtensions.Connect(
            // One connection, so that it is always the one whose plans are meant.
            new() { ConnectionString = _source.ConnectionString, MaxConnections = 2 }
        );
        var table = new CustomerTable(source);
        // Statistics say that there is nothing, and stay as they are.
        await Run(
            "ALTER TABLE scoring_customer SET (autovacuum_enabled = off); ALTER TABLE scoring_event_id SET (autovacuum_enabled = off)"
        );
        await Run("VACUUM ANALYZE scoring_customer, scoring_event_id");
        // PostgreSQL keeps a plan after some executions.
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal((false, 0), await UseAsync());
        }
        await Run(
            $"""
            INSERT INTO scoring_customer SELECT 'w', i::text::bytea, i % {Buckets.Count}, 1, now(), 'r' FROM generate_series(1, {Many}) i;
            INSERT INTO scoring_event_id SELECT 'w', i::text::bytea, 1, 'ids' FROM generate_series(1, {Many}) i
            """
        );
        var before = await RowsRead();

        Assert.Equal((true, 2), await UseAsync());

        // The customer and its block, twice for the write and once for the read; and those of a bucket.
        Assert.InRange(await RowsRead() - before, 3, 20 + (2 * Many / Buckets.Count));

        async Task<(bool IsWritten, long Version)> UseAsync()
        {
            var key = new CustomerKey("w", "1");
            // As if its block 0 were to be forgotten.
            var write = Write(key, 1, [1], Window("1")) with
            {
                FirstBlock = 1,
            };
            write = write with { Blocks = [(1, write.Blocks[0].Ids)] };
            var written = await table.WriteAsync([write], Cancellation);
            var (version, _) = await table.ReadAsync(key, Cancellation);
            await foreach (var _ in table.ReadAsync("w", 0, 1, DateTime.UnixEpoch, Cancellation)) { }
            return (written[0], version);
        }

        async Task<long> RowsRead()
        {
            await using var tell = source.CreateCommand("SELECT pg_stat_force_next_flush()");
            await tell.ExecuteNonQueryAsync(Cancellation);
            await using var ask = source.CreateCommand(
                """
                SELECT (SELECT sum(seq_tup_read) FROM pg_stat_user_tables WHERE relname LIKE 'scoring%')
                    + (SELECT sum(idx_tup_read) FROM pg_stat_user_indexes WHERE relname LIKE 'scoring%')
                """
            );
            return (long)(decimal)(await ask.ExecuteScalarAsync(Cancellation))!;
        }

        async Task Run(string sql)
        {
            await using var command = _source.CreateCommand(sql);
            await command.ExecuteNonQueryAsync(Cancellation);
        }
    }

    [Fact]
    public async Task The_schema_may_be_made_again_by_many_at_a_time() =>
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Schema.EnsureAsync(_source, Cancellation)));

    private async Task<bool> IsWritten(CustomerWrite write) => (await _table.WriteAsync([write], Cancellation))[0];

    private async Task<List<string>> Read(int shard, DateTime since)
    {
        var (first, end) = Buckets.Of(shard, 3);
        var found = new List<string>();
        await foreach (var customer in _table.ReadAsync("w", first, end, since, Cancellation))
        {
            found.Add(System.Text.Encoding.UTF8.GetString(customer.CustomerId));
        }
        return found;
    }

    private async Task<DateTime> Now()
    {
        await using var command = _source.CreateCommand("SELECT clock_timestamp()");
        return (DateTime)(await command.ExecuteScalarAsync(Cancellation))!;
    }

    private static CustomerWrite Write(CustomerKey key, long expected, byte[] record, EventIdWindow window) =>
        new(key, expected, record, [.. window.ChangedBlocks()], window.HasForgottenBlocks ? window.FirstBlock : 0);

    private static EventIdWindow Window(params string[] ids)
    {
        var window = new EventIdWindow();
        Windows.Add(window, default, ids);
        return window;
    }

    private static IEnumerable<bool?> Find(EventIdWindow window, params string[] ids) =>
        ids.Select(id => Windows.Find(window, id));
}
