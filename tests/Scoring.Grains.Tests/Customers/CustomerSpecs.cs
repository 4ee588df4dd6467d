using Scoring.Core;
using Scoring.Core.Scores;
using Scoring.Core.Segments;
using Scoring.Core.Workspaces;
using Scoring.Engine.Partitions;
using Scoring.Grains.Customers;
using Scoring.Grains.Tests.Specs;

namespace Scoring.Grains.Tests.Customers;

/// <summary>Customers as grains: what they are told and answer, from whatever silo, and while they move.</summary>
public sealed class CustomerSpecs
{
    private static readonly PartitionHash Hash = new(WorkspaceSettings.DefaultName, 64);

    public static TheoryData<string> HostileIds =>
        [
            "a/b",
            "/",
            "//",
            "ada lovelace",
            "zoë/Ünïcödé/日本/🦊",
            "+#@|\\\"'%2F?*\t\r\n\0",
            new string('x', 248),
            string.Concat(Enumerable.Repeat("🦊", 62)),
            "..",
            "w/w",
        ];

    [Fact]
    public async Task What_was_recorded_is_in_the_score_whatever_silo_is_told_and_asked()
    {
        await using var cluster = await TestSilos.StartAsync(3);
        for (var i = 0; i < 30; i++)
        {
            var result = await cluster.RecordAsync(i, new Sample($"customer-{i % 10}"));
            Assert.Equal((1, 0), (result.Accepted, result.Duplicates));
        }
        for (var silo = 0; silo < 3; silo++)
        {
            for (var i = 0; i < 10; i++)
            {
                Assert.Equal(3, await cluster.CountOfAsync(silo, $"customer-{i}"));
            }
            Assert.Null((await cluster.ScoresAsync(silo, "nobody"))[0]);
        }
    }

    [Fact]
    public async Task The_answer_is_the_one_that_the_partition_gives()
    {
        await using var cluster = await TestSilos.StartAsync(3);
        await cluster.RecordAsync(
            0,
            new Sample("ada", Account: "acme", Feature: "search"),
            new Sample("ada", Type: "purchase", Value: 3)
        );
        var expected = (await cluster.ScoresAsync(0, "ada", "nobody"))[0];

        for (var silo = 0; silo < 3; silo++)
        {
            Assert.Equivalent(expected, (await cluster.ScoresAsync(silo, "ada"))[0], strict: true);
            Assert.Equivalent(expected, (await cluster.ScoresAsync(silo, "ada", "bob"))[0], strict: true);
        }
        Assert.NotNull(expected);
        Assert.Equal(6, expected.Contributions.Count);
    }

    [Theory]
    [MemberData(nameof(HostileIds))]
    public async Task Any_id_is_a_customer_of_its_own(string id)
    {
        await using var cluster = await TestSilos.StartAsync(2, partitions: 8);

        await cluster.RecordAsync(0, new Sample(id));
        await cluster.RecordAsync(1, new Sample(id), new Sample(id + "-"));

        Assert.Equal(2, await cluster.CountOfAsync(0, id));
        Assert.Equal(2, await cluster.CountOfAsync(1, id));
        Assert.Equal(1, await cluster.CountOfAsync(0, id + "-"));
        Assert.Equal(id, (await cluster.ScoresAsync(1, id))[0]!.CustomerId);
    }

    [Theory]
    [InlineData("w")]
    [InlineData("w/")]
    [InlineData("/ada")]
    public async Task A_key_that_is_none_is_refused(string key)
    {
        await using var cluster = await TestSilos.StartAsync(1, partitions: 4);
        var refusal = await Assert.ThrowsAsync<ScoringException>(() =>
            cluster.GrainsOf(0).GetGrain<ICustomerGrain>(key).GetScoreAsync("", null)
        );

        Assert.Equal(ScoringError.InvalidArgument, refusal.Error);
        Assert.StartsWith("The key", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_an_application_makes_up_is_refused_and_not_recorded()
    {
        await using var cluster = await TestSilos.StartAsync(2, partitions: 4);
        var ada = cluster.GrainsOf(0).GetGrain<ICustomerGrain>("default/ada");

        await RefusedAsync(() => ada.RecordAsync([]));
        await RefusedAsync(() => ada.RecordAsync([1, 2, 3]));
        await RefusedAsync(() => ada.RecordAsync(Encoded(new Sample("bob"))));
        await RefusedAsync(() => ada.RecordAsync(Encoded(new Sample("ada"), new Sample("ada"))));
        await RefusedAsync(() => ada.RecordAsync(Encoded(new Sample("ada", Type: ""))));
        await RefusedAsync(() => ada.RecordAsync(Encoded(new Sample("ada", Type: new string('t', 129)))));
        await RefusedAsync(() => ada.RecordAsync(Encoded(new Sample("ada", Value: double.NaN))));
        await RefusedAsync(() => cluster.ScoresAsync(0, new string('x', 257)));
        var unknown = cluster.GrainsOf(0).GetGrain<ICustomerGrain>("nowhere/ada");
        var refusal = await Assert.ThrowsAsync<ScoringException>(() => unknown.GetScoreAsync("", null));
        Assert.Equal((ScoringError.WorkspaceNotFound, "nowhere"), (refusal.Error, refusal.Subject));

        Assert.Null((await ada.GetScoreAsync("", null)).Score);
        Assert.Equal(1, (await ada.RecordAsync(Encoded(new Sample("ada")))).Result!.Accepted);
    }

    [Fact]
    public async Task Errors_come_back_from_other_silos_as_they_were_thrown()
    {
        await using var cluster = await TestSilos.StartAsync(3, maxQueuedBytes: 1);
        await cluster.AllHomeAsync();
        string[] customers = [.. Enumerable.Range(0, 40).Select(n => $"customer-{n}")];
        Sample[] events = [.. customers.Select(customer => new Sample(customer))];
        await cluster.RecordAsync(0, events);
        for (var i = 0; i < 9; i++)
        {
            var unknown = new ScoreQuery(cluster.Workspace, [customers[i]], "no-such-model", null);
            foreach (var query in new[] { unknown, unknown with { CustomerIds = [customers[i], .. customers] } })
            {
                var refusal = await Assert.ThrowsAsync<ScoringException>(async () =>
                    await cluster.Front(i).GetScoresAsync(query, TestSilos.Cancellation)
                );
                Assert.Equal((ScoringError.ModelNotFound, "no-such-model"), (refusal.Error, refusal.Subject));
                Assert.Contains("engagement", refusal.Message, StringComparison.Ordinal);
            }
        }
        // All of them are busy with one write, and take no other until it is done.
        using var goOn = new ManualResetEventSlim();
        var busy = 0;
        foreach (var connection in cluster.Up.Select(silo => cluster.ConnectionOf(silo.SiloAddress)))
        {
            connection.BeforeAppend = _ =>
            {
                Interlocked.Increment(ref busy);
                goOn.Wait(CancellationToken.None);
            };
        }
        var first = cluster.RecordAsync(0, events);
        try
        {
            await Until.TrueAsync(() => Volatile.Read(ref busy) == 3);
            for (var i = 0; i < 3; i++)
            {
                foreach (var some in new[] { events[..1], events })
                {
                    var full = await Assert.ThrowsAsync<ScoringException>(() => cluster.RecordAsync(i, some));
                    Assert.Equal(ScoringError.Overloaded, full.Error);
                    Assert.NotNull(full.RetryAfter);
                }
            }
        }
        finally
        {
            // Whatever went wrong: the silos could not end either.
            goOn.Set();
        }
        Assert.Equal(events.Length, (await first).Accepted);
    }

    [Fact]
    public async Task Calls_wait_while_their_partition_moves_and_succeed()
    {
        await using var cluster = await TestSilos.StartAsync(3);
        await cluster.AllHomeAsync();
        await cluster.RecordAsync(0, new Sample("ada", "1"));
        var number = Hash.Of("ada");
        var opened = new TaskCompletionSource();
        cluster.BeforeOpening = p => p == number ? opened.Task : Task.CompletedTask;
        await cluster.ReleaseAsync(number);

        var calls = Enumerable
            .Range(0, 12)
            .Select(async i =>
                i % 2 == 0
                    ? (await cluster.RecordAsync(i, new Sample("ada", $"{i + 10}"))).Accepted
                    : await cluster.CountOfAsync(i, "ada")
            )
            .ToArray();
        await Task.Delay(TimeSpan.FromMilliseconds(300), TestSilos.Cancellation);
        Assert.DoesNotContain(calls, call => call.IsCompleted);
        opened.SetResult();

        await Task.WhenAll(calls);
        Assert.All(calls.Where((_, i) => i % 2 == 0), call => Assert.Equal(1, call.Result));
        Assert.Equal(7, await cluster.CountOfAsync(1, "ada"));
    }

    [Fact]
    public async Task A_call_whose_partition_is_nowhere_for_too_long_is_unavailable_and_says_when_to_try_again()
    {
        await using var cluster = await TestSilos.StartAsync(
            2,
            partitions: 4,
            options => options with { MoveTimeout = TimeSpan.FromSeconds(1) }
        );
        await cluster.AllHomeAsync();
        var opened = new TaskCompletionSource();
        cluster.BeforeOpening = _ => opened.Task;
        await Task.WhenAll(cluster.Partitions.Select(cluster.ReleaseAsync));

        var refusal = await Assert.ThrowsAsync<ScoringException>(() => cluster.RecordAsync(0, new Sample("ada")));

        Assert.Equal(ScoringError.Unavailable, refusal.Error);
        Assert.NotNull(refusal.RetryAfter);
        opened.SetResult();
    }

    [Fact]
    public async Task Calls_that_the_framework_gives_up_are_unavailable_and_say_when_to_try_again()
    {
        await using var cluster = await TestSilos.StartAsync(
            2,
            partitions: 4,
            options => options with { MoveTimeout = TimeSpan.FromSeconds(1) }
        );
        await cluster.RecordAsync(0, new Sample("ada"));
        cluster.BeforeGrainCall = () => throw new OperationCanceledException("The message has expired.");
        var everyone = new SegmentQuery { Workspace = WorkspaceSettings.DefaultName };
        Func<Task>[] calls =
        [
            () => cluster.RecordAsync(0, new Sample("ada")),
            () => cluster.ScoresAsync(0, "ada"),
            () => cluster.Front(0).GetSegmentStatisticsAsync(everyone, TestSilos.Cancellation).AsTask(),
        ];

        foreach (var call in calls)
        {
            var refusal = await Assert.ThrowsAsync<ScoringException>(call);

            Assert.Equal(ScoringError.Unavailable, refusal.Error);
            Assert.NotNull(refusal.RetryAfter);
        }
    }

    [Fact]
    public async Task A_customer_whose_partition_left_says_that_it_moved_and_is_found_where_it_went()
    {
        await using var cluster = await TestSilos.StartAsync(3);
        await cluster.AllHomeAsync();
        await cluster.RecordAsync(0, new Sample("ada"));
        var grain = cluster.GrainsOf(0).GetGrain<ICustomerGrain>("default/ada");
        var number = Hash.Of("ada");
        var opened = new TaskCompletionSource();
        cluster.BeforeOpening = p => p == number ? opened.Task : Task.CompletedTask;
        await cluster.ReleaseAsync(number);

        Assert.True((await grain.GetScoreAsync("", null)).IsMoved);
        Assert.True((await grain.RecordAsync(Encoded(new Sample("ada")))).IsMoved);

        opened.SetResult();
        var patience = TimeSpan.FromSeconds(20);
        Assert.Equal(
            1,
            (await grain.RecordAsync(Encoded(new Sample("ada")), patience, TestSilos.Cancellation)).Accepted
        );
        Assert.NotNull(await grain.GetScoreAsync("", null, patience, TestSilos.Cancellation));
        Assert.Equal(2, await cluster.CountOfAsync(0, "ada"));
    }

    [Fact]
    public async Task Customers_follow_their_partitions_when_silos_come_and_go()
    {
        await using var cluster = await TestSilos.StartAsync(2);
        string[] customers = [.. Enumerable.Range(0, 60).Select(i => $"customer-{i}")];
        await TellAllAsync();
        await cluster.JoinAsync();
        await TellAllAsync();
        await cluster.AllHomeAsync();
        await TellAllAsync();
        await cluster.StopAsync(cluster.Up[0]);
        await TellAllAsync();

        foreach (var customer in customers)
        {
            Assert.Equal(4, await cluster.CountOfAsync(1, customer));
        }

        async Task TellAllAsync()
        {
            var silo = 0;
            foreach (var customer in customers)
            {
                Assert.Equal(1, (await cluster.RecordAsync(silo++, new Sample(customer))).Accepted);
            }
        }
    }

    [Fact]
    public async Task No_more_customers_are_active_than_may_be_and_everybody_is_answered()
    {
        const int most = 20;
        await using var cluster = await TestSilos.StartAsync(
            2,
            partitions: 8,
            options => options with { MaxActiveCustomers = most }
        );
        await cluster.AllHomeAsync();

        for (var i = 0; i < 200; i++)
        {
            Assert.Equal(1, (await cluster.RecordAsync(i, new Sample($"customer-{i}"))).Accepted);
            Assert.Equal(1, await cluster.CountOfAsync(i, $"customer-{i}"));
        }

        for (var silo = 0; silo < 2; silo++)
        {
            var activations = cluster.Service<CustomerActivations>(silo);
            // Those beyond go once they have answered.
            await Until.TrueAsync(() => activations.Count <= most);
            Assert.InRange(cluster.Service<CustomerReferences>(silo).Count, 1, most);
        }
        for (var i = 0; i < 100; i++)
        {
            await Assert.ThrowsAsync<ScoringException>(async () =>
                await cluster
                    .Front(i)
                    .GetAccountHealthAsync(new("", $"account-{i}", 30, "", null), TestSilos.Cancellation)
            );
        }
        for (var silo = 0; silo < 2; silo++)
        {
            var activations = cluster.Service<CustomerActivations>(silo);
            await Until.TrueAsync(() => activations.Count <= most);
        }
        Assert.True(cluster.Service<CustomerActivations>(0).IsFull || cluster.Service<CustomerActivations>(1).IsFull);
    }

    [Fact]
    public async Task Where_no_customer_may_be_active_partitions_answer_for_all()
    {
        await using var cluster = await TestSilos.StartAsync(
            2,
            partitions: 8,
            options => options with { MaxActiveCustomers = 0 }
        );

        for (var i = 0; i < 20; i++)
        {
            await cluster.RecordAsync(i, new Sample("ada"));
        }

        Assert.Equal(20, await cluster.CountOfAsync(0, "ada"));
        Assert.Equal(20, await cluster.CountOfAsync(1, "ada"));
    }

    [Fact]
    public async Task A_customer_is_active_where_its_partition_is()
    {
        await using var cluster = await TestSilos.StartAsync(3);
        await cluster.AllHomeAsync();
        for (var i = 0; i < 30; i++)
        {
            var customer = $"customer-{i}";
            await cluster.RecordAsync(i, new Sample(customer));
            var grain = cluster.GrainsOf(0).GetGrain<ICustomerGrain>($"default/{customer}");
            var at = await cluster.GrainsOf(0).GetGrain<IManagementGrain>(0).GetActivationAddress(grain);
            Assert.Equal(cluster.OwnerOf(Hash.Of(customer)), at);
        }
    }

    [Fact]
    public async Task An_event_with_an_id_that_is_sent_twice_is_counted_once()
    {
        await using var cluster = await TestSilos.StartAsync(2, partitions: 4);

        Assert.Equal(1, (await cluster.RecordAsync(0, new Sample("ada", "1"))).Accepted);
        Assert.Equal(1, (await cluster.RecordAsync(1, new Sample("ada", "1"))).Duplicates);
    }

    private static byte[] Encoded(params Sample[] events)
    {
        using var batch = Samples.Batch(events, WorkspaceSettings.DefaultName);
        return batch.Encoded.ToArray();
    }

    private static async Task RefusedAsync(Func<Task> call) =>
        Assert.Equal(ScoringError.InvalidArgument, (await Assert.ThrowsAsync<ScoringException>(call)).Error);
}
