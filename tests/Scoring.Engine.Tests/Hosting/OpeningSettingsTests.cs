using Scoring.Core.Workspaces;

namespace Scoring.Engine.Tests.Hosting;

/// <summary>What was appended under other settings is applied by these, and what comes later by the new ones.</summary>
public sealed class OpeningSettingsTests
{
    private static readonly WorkspaceSettings Default = new() { Name = WorkspaceSettings.DefaultName };
    private static readonly WorkspaceSettings Other = new() { Name = "other", HalfLivesDays = [5] };

    [Fact]
    public async Task A_partition_is_lined_up_when_it_is_opened_and_not_before()
    {
        await using var bench = new HostBench();
        bench.Options = bench.Options with { Workspaces = [Default, Other] };
        var former = await bench.StartWithAllAsync();
        var customers = former.CustomersOf(1, 3);
        await former.Record(new Sample(customers[0], "1", "complaint"));
        bench.Options = bench.Options with
        {
            DuplicateWindow = TimeSpan.Zero,
            DuplicateWindowMinimum = 1,
            DuplicateWindowMaximum = 1,
            Workspaces =
            [
                Default with
                {
                    PassiveEventTypes = ["complaint"],
                },
                Other with
                {
                    HalfLivesDays = [7, 30],
                },
                new WorkspaceSettings { Name = "third" },
            ],
        };
        var next = bench.Start();
        // The settings are stored, the owner goes on by those it opened the partition under.
        await former.Record(new Sample(customers[1], "2", "complaint"));
        Assert.Equal(1, (await former.Record(new Sample(customers[0], "1", "complaint"))).Duplicates);

        await HostBench.Snatch(1, former, next);
        await next.Record(new Sample(customers[2], "3", "complaint"));

        next.Ask(former.Host, 0, 2);
        Assert.Equal(2, (await next.Segment()).Activity!.DailyActive);
        Assert.Equal(3, (await next.Segment()).Customers);
        // One id is remembered, the last.
        Assert.Equal(1, (await next.Record(new Sample(customers[0], "1", "complaint"))).Accepted);
        next.Ask(next.Host, 0, 2);
        await HostBench.Snatch(0, former, next);
        await HostBench.Snatch(2, former, next);
        Assert.Equal(1, (await next.Record("third", new Sample("a"))).Accepted);
        // There was no data of it, so its half-lives could be changed.
        Assert.Equal(1, (await next.Backend.PutModelAsync("other", Samples.Model(), BackendHost.Cancellation)).Version);
        Assert.Equal(1, (await next.Record("other", new Sample("a"))).Accepted);
        var last = bench.Start();
        foreach (var partition in (int[])[0, 1, 2])
        {
            await HostBench.Snatch(partition, next, last);
        }
        Assert.Equal(2, await last.CountOf(customers[0]));
        Assert.Equal(["login"], await last.Backend.ListEventTypesAsync("third", BackendHost.Cancellation));
        Assert.Equal(2, (await last.Segment()).Activity!.DailyActive);
    }

    [Fact]
    public async Task Data_that_does_not_go_with_the_settings_is_refused_and_left_alone()
    {
        await using var bench = new HostBench();
        var former = await bench.StartWithAllAsync();
        var customer = former.CustomerOf(1);
        await former.Record(new Sample(customer, "1"));
        var right = bench.Options;
        bench.Options = right with { Workspaces = [Default with { HalfLivesDays = [1, 2] }] };
        var wrong = bench.Start();
        var (rows, state) = (bench.Store.Rows, wrong.Connection.ReadState(1, out _));
        former.Connection.IsCut = true;

        var refused = await Assert.ThrowsAsync<StoreException>(() =>
            wrong.Host.OpenPartitionAsync(1, BackendHost.Cancellation)
        );

        Assert.Contains("HalfLivesDays", refused.Message, StringComparison.Ordinal);
        Assert.Equal((rows, 0), (bench.Store.Rows, bench.Store.Blobs.Count));
        Assert.Equal(state, wrong.Connection.ReadState(1, out _));
        Assert.False(wrong.Host.IsOpen(1));
        bench.Options = right;
        var next = bench.Start();
        await bench.PassTimeUntil(next.Host.OpenPartitionAsync(1, BackendHost.Cancellation));
        Assert.Equal(1, await next.CountOf(customer));
    }

    [Fact]
    public async Task Data_is_not_brought_into_line_with_what_a_server_with_other_half_lives_stored()
    {
        await using var bench = new HostBench();
        var owner = await bench.StartWithAllAsync();
        var customer = owner.CustomerOf(1);
        await owner.Record(new Sample(customer, "1"));
        var right = bench.Options;
        bench.Options = right with { Workspaces = [Default with { HalfLivesDays = [1, 2] }] };
        _ = bench.Start();
        await owner.Host.ClosePartitionAsync(1, BackendHost.Cancellation);

        var refused = await Assert.ThrowsAsync<StoreException>(() =>
            owner.Host.OpenPartitionAsync(1, BackendHost.Cancellation)
        );

        Assert.Contains("HalfLivesDays", refused.Message, StringComparison.Ordinal);
        bench.Options = right;
        var next = bench.Start();
        await bench.PassTimeUntil(next.Host.OpenPartitionAsync(1, BackendHost.Cancellation));
        Assert.Equal(1, await next.CountOf(customer));
    }

    [Fact]
    public async Task Hosts_that_start_at_the_same_time_with_other_settings_both_start()
    {
        await using var bench = new HostBench();
        _ = await bench.StartWithAllAsync();
        bench.Options = bench.Options with
        {
            Workspaces = [Default, Other],
            Durability = Scoring.Core.Durability.InOsCache,
        };
        var connection = bench.Store.Connect();
        HashSet<string> put = [];
        connection.BeforePut = document =>
        {
            if (put.Add(document))
            {
                // Somebody is quicker, with the same and one more.
                bench.Options = bench.Options with
                {
                    Workspaces = [Default, new WorkspaceSettings { Name = "more" }, Other],
                };
                _ = bench.Start();
            }
        };

        await using var late = new HostBench.Seat(bench, connection, bench.Options);

        Assert.Equal(["settings", "store"], put.Order());
        var last = bench.Start();
        foreach (var partition in (int[])[0, 1, 2])
        {
            await bench.PassTimeUntil(last.Host.OpenPartitionAsync(partition, BackendHost.Cancellation));
        }
        Assert.Equal(1, (await last.Record("other", new Sample("a"))).Accepted);
        Assert.Equal(1, (await last.Record("more", new Sample("a"))).Accepted);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_crash_at_any_step_of_lining_up_leaves_the_old_or_the_new(bool goesOnWithNew)
    {
        var steps = 1;
        for (var interrupted = true; interrupted; steps++)
        {
            await using var harness = new EngineHarness();
            harness.Options = harness.Options with { Partitions = 2 };
            await harness.Open();
            await harness.Record([.. Enumerable.Range(0, 30).Select(i => new Sample($"a{i}", $"a{i}", "complaint"))]);
            harness.UseCopyOfFiles();
            await harness.Engine.DisposeAsync();
            var before = harness.Options;
            harness.Options = before with
            {
                DuplicateWindowMinimum = 500_000,
                Workspaces = [Default with { PassiveEventTypes = ["complaint"] }, Other],
            };
            var left = steps;
            var directory = harness.Directory;
            harness.Probe = step =>
            {
                if (
                    step is CommitStep.SnapshotWritten or (>= CommitStep.StoreBegin and <= CommitStep.StoreCommitted)
                    && --left == 0
                )
                {
                    harness.UseCopyOfFiles();
                }
            };
            await using (var crashed = await ScoringEngine.OpenAsync(harness.Options, BackendHost.Cancellation))
            {
                interrupted = harness.Directory != directory;
                harness.Probe = null;
            }
            if (!goesOnWithNew)
            {
                // Another workspace stays known once it is.
                harness.Options = before with
                {
                    DataDirectory = harness.Directory,
                };
            }

            await harness.Open();
            await harness.Record([.. Enumerable.Range(0, 30).Select(i => new Sample($"b{i}", $"b{i}", "complaint"))]);
            await AssertCounted();
            await harness.CrashAndReopen();
            await AssertCounted();

            async Task AssertCounted()
            {
                var segment = await harness.Segment();
                Assert.Equal((60, goesOnWithNew ? 30 : 60), (segment.Customers, segment.Activity!.DailyActive));
                var again = await harness.Record([
                    .. Enumerable.Range(0, 30).Select(i => new Sample($"a{i}", $"a{i}", "complaint")),
                ]);
                Assert.Equal(30, again.Duplicates);
            }
        }
        Assert.True(steps > 12, $"{steps} steps are too few to say anything");
    }
}
