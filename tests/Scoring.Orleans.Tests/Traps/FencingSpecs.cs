using System.Text;
using Npgsql;
using Scoring.Cluster.Customers;
using Scoring.Cluster.Messages;
using Scoring.Cluster.Storage;
using Scoring.Cluster.Tests.Clusters;
using Scoring.Cluster.Tests.Postgres;
using Scoring.Core;
using Scoring.Core.Populations;
using Scoring.Core.Time;
using Scoring.Core.Workspaces;

namespace Scoring.Cluster.Tests.Traps;

/// <summary>What goes wrong between a grain and its store neither loses an event nor counts one twice.</summary>
[Collection(OnThreeSilos.Name)]
public sealed class FencingSpecs(ThreeSilos cluster) : BackendSpecs(cluster)
{
    private readonly ThreeSilos _cluster = cluster;

    [Fact]
    public async Task An_activation_that_another_one_has_overtaken_is_fenced_off_reloads_and_the_caller_does_not_notice()
    {
        await using var host = await Start();
        await host.Record(new Sample("a", "1"));
        await OvertakeAsync(host, "a", new Sample("a", "2"));

        var result = await host.Record(new Sample("a", "2"), new Sample("a", "3"));

        Assert.Equal((1, 1), (result.Accepted, result.Duplicates));
        Assert.Equal(3, await host.CountOf("a"));
    }

    [Fact]
    public async Task Two_first_writers_end_with_the_events_of_both()
    {
        await using var host = await Start();
        // Activates it, so that it knows of nothing stored.
        Assert.Null(await host.Score("a"));
        await OvertakeAsync(host, "a", new Sample("a", "1"));

        var result = await host.Record(new Sample("a", "2"));

        Assert.Equal((1, 0), (result.Accepted, result.Duplicates));
        Assert.Equal(2, await host.CountOf("a"));
    }

    [Fact]
    public async Task Two_activations_that_race_all_the_time_lose_nothing_and_count_nothing_twice()
    {
        await using var host = await Start();
        var other = Task.Run(async () =>
        {
            for (var i = 0; i < 30; i++)
            {
                await OvertakeAsync(host, "a", new Sample("a", $"other {i}"));
            }
        });

        for (var i = 0; i < 60; i++)
        {
            // The caller's retry: the same events again.
            await host.Record(new Sample("a", $"{i}"));
            await host.Record(new Sample("a", $"{i}"));
        }

        await other;
        await _cluster.CollectAsync();
        Assert.Equal(90, await host.CountOf("a"));
    }

    [Fact]
    public async Task Writes_that_arrive_while_one_is_under_way_share_the_next_one()
    {
        await using var host = await Start();
        await host.Record(new Sample("a"));
        await using var held = await HoldAsync(host, "a");
        Task[] writes = [.. Enumerable.Range(0, 200).Select(_ => host.Record(new Sample("a")))];

        await held.ReleaseAsync();
        await Task.WhenAll(writes);

        Assert.Equal(201, await host.CountOf("a"));
        // The first of them, and all others; a few more where calls were still on their way.
        Assert.InRange(await VersionAsync(host, "a"), 2, 20);
    }

    [Fact]
    public async Task Reads_come_in_between_and_see_nothing_of_a_write_that_is_not_stored()
    {
        await using var host = await Start();
        await host.Record(new Sample("a"));
        await using var held = await HoldAsync(host, "a");
        var write = host.Record(new Sample("a"));

        Assert.Equal(1, await host.CountOf("a"));
        Assert.False(write.IsCompleted);

        await held.ReleaseAsync();
        await write;
        Assert.Equal(2, await host.CountOf("a"));
    }

    [Fact]
    public async Task A_customer_whose_writes_wait_does_not_hold_up_others()
    {
        await using var host = await Start();
        await host.Record(new Sample("hot"), new Sample("cold"));
        await using var held = await HoldAsync(host, "hot");
        var write = host.Record(new Sample("hot"));
        await using var source = NpgsqlDataSource.Create(_cluster.Connection);
        await UntilWaitingAsync(source, 1, write);

        await host.Record(new Sample("cold"));

        Assert.False(write.IsCompleted);
        await held.ReleaseAsync();
        await write;
    }

    [Fact]
    public async Task No_more_waits_for_one_customer_than_may()
    {
        await using var host = await Start();
        await host.Record(new Sample("a"));
        await using var held = await HoldAsync(host, "a");
        var grain = _cluster
            .Service<IGrainFactory>(0)
            .GetGrain<ICustomerGrain>(new CustomerKey(host.Workspace, "a").ToString());
        using var batch = Samples.Batch([.. Enumerable.Range(0, 4_000).Select(_ => new Sample("a"))]);
        var events = batch.Encoded.ToArray();
        List<Task<WriteAnswer>> writes = [];
        for (var sent = 0L; sent < 3L << 20; sent += events.Length)
        {
            writes.Add(grain.RecordAsync(events, host.Now.Ticks));
        }

        Assert.Equal(WriteStatus.Overloaded, (await await Task.WhenAny(writes)).Status);

        await held.ReleaseAsync();
        var taken = (await Task.WhenAll(writes)).Count(answer => answer.Status == WriteStatus.Done);
        Assert.InRange(taken, 1, writes.Count - 1);
        Assert.Equal(1 + (taken * 4_000), await host.CountOf("a"));
    }

    [Fact]
    public async Task A_write_of_unknown_outcome_is_repeated_where_ids_tell_and_said_to_be_unknown_where_they_do_not()
    {
        await using var host = await Start();
        await host.Record(new Sample("with", "1"), new Sample("without"));
        await using var held = await HoldAsync(host, "with", "without");
        var with = host.Record(new Sample("with", "2"));
        await using var source = NpgsqlDataSource.Create(_cluster.Connection);
        await UntilWaitingAsync(source, 1, with);
        var without = host.Record(new Sample("without"));
        await UntilWaitingAsync(source, 2, with, without);

        await WaitingSessions.EndAsync(source);
        await held.ReleaseAsync();

        Assert.Equal(1, (await with).Accepted);
        var unknown = await Refusal(() => without);
        Assert.Equal(ScoringError.Unavailable, unknown.Error);
        Assert.NotNull(unknown.RetryAfter);
        Assert.Equal((2, 1), (await host.CountOf("with"), await host.CountOf("without")));
    }

    /// <summary>Writes as another activation of a customer would that has read what is stored now.</summary>
    private async Task OvertakeAsync(BackendHost host, string customer, Sample sample)
    {
        var table = _cluster.Service<CustomerTable>(0);
        var key = new CustomerKey(host.Workspace, customer);
        for (var written = false; !written; )
        {
            var (version, state) = await table.ReadAsync(key, BackendHost.Cancellation);
            var open = new OpenCustomer(new WorkspaceSettings { Name = host.Workspace });
            if (version == 0)
            {
                open.OpenNew(customer);
            }
            else
            {
                open.Open(state.Record);
            }
            Record(open, state.Window, sample, host.Now);
            var record = new System.Buffers.ArrayBufferWriter<byte>();
            open.Write(record);
            var write = new CustomerWrite(
                key,
                version,
                record.WrittenSpan.ToArray(),
                [.. state.Window.ChangedBlocks()],
                0
            );
            written = (await table.WriteAsync([write], BackendHost.Cancellation))[0];
        }
    }

    private static void Record(OpenCustomer open, EventIdWindow window, Sample sample, Instant now)
    {
        using var batch = Samples.Batch([sample]);
        for (var item = batch.GetEnumerator(); item.MoveNext(); )
        {
            if (window.Find(item) is null)
            {
                open.Record(item.Current, now);
                window.Add(item, now);
            }
        }
    }

    private async Task<long> VersionAsync(BackendHost host, string customer) =>
        (
            await _cluster
                .Service<CustomerTable>(0)
                .ReadAsync(new CustomerKey(host.Workspace, customer), BackendHost.Cancellation)
        ).Version;

    /// <summary>Keeps customers from being written, as a slow disk would.</summary>
    private async Task<Held> HoldAsync(BackendHost host, params string[] customers)
    {
        var connection = new NpgsqlConnection(_cluster.Connection);
        await connection.OpenAsync(BackendHost.Cancellation);
        var transaction = await connection.BeginTransactionAsync(BackendHost.Cancellation);
        await using var command = connection.CreateCommand();
        command.CommandText =
            "SELECT 1 FROM scoring_customer WHERE workspace = @workspace AND customer = ANY(@customers) FOR UPDATE";
        command.Parameters.AddWithValue("workspace", host.Workspace);
        command.Parameters.AddWithValue("customers", customers.Select(Encoding.UTF8.GetBytes).ToArray());
        await command.ExecuteNonQueryAsync(BackendHost.Cancellation);
        return new Held(connection, transaction);
    }

    /// <summary>Returns when so many sessions wait for what is held.</summary>
    private static async Task UntilWaitingAsync(NpgsqlDataSource source, int sessions, params Task[] writes)
    {
        while (await WaitingSessions.CountAsync(source) < sessions)
        {
            Assert.DoesNotContain(writes, write => write.IsCompleted);
            await Task.Delay(TimeSpan.FromMilliseconds(10), BackendHost.Cancellation);
        }
    }

    private sealed class Held(NpgsqlConnection connection, NpgsqlTransaction transaction) : IAsyncDisposable
    {
        public async Task ReleaseAsync() => await transaction.RollbackAsync();

        public async ValueTask DisposeAsync()
        {
            await transaction.DisposeAsync();
            await connection.DisposeAsync();
        }
    }
}
