using Scoring.Core;
using Scoring.Core.Models;
using Scoring.Core.Scores;

namespace Scoring.Engine.Tests.Hosting;

/// <summary>Hosts answer by the same models, whichever of them was asked to put one.</summary>
public sealed class ModelsOfHostsTests
{
    [Fact]
    public async Task Of_two_that_replace_the_same_version_at_once_one_does()
    {
        await using var bench = new HostBench();
        var (first, second) = await TwoAsync(bench);
        first.Connection.BeforePut = _ =>
        {
            first.Connection.BeforePut = null;
            Assert.Equal(2, Put(second, version: 1, weight: 3).GetAwaiter().GetResult().Version);
        };

        var refused = await Assert.ThrowsAsync<ScoringException>(() => Put(first, version: 1, weight: 2));

        Assert.Equal(ScoringError.ModelVersionConflict, refused.Error);
        Assert.Equal((2, 3), Current(first));
        Assert.Equal((2, 3), Current(second));
    }

    [Fact]
    public async Task Versions_have_no_gaps_and_none_is_lost_whoever_puts_them()
    {
        await using var bench = new HostBench();
        var (first, second) = await TwoAsync(bench);
        first.Connection.BeforePut = _ =>
        {
            first.Connection.BeforePut = null;
            Put(second, version: 0, weight: 2).GetAwaiter().GetResult();
            second.Put(Samples.Model("more")).GetAwaiter().GetResult();
        };

        Assert.Equal(3, (await Put(first, version: 0, weight: 3)).Version);

        await second.Host.RefreshAsync();
        foreach (var host in (HostBench.Seat[])[first, second])
        {
            Assert.Equal((3, 3), Current(host));
            Assert.Equal(["engagement", "more"], host.Host.ListModels("").Select(model => model.Name));
        }
        HostBench.Seat[] hosts = [first, second];
        var put = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(i => Task.Run(() => Put(hosts[i % 2], version: 0, weight: i + 1)))
        );
        Assert.Equal(Enumerable.Range(4, 20), put.Select(model => model.Version).Order());
    }

    [Fact]
    public async Task A_put_is_acknowledged_once_every_host_was_told()
    {
        await using var bench = new HostBench();
        var (first, second) = await TwoAsync(bench);
        var told = new TaskCompletionSource();
        first.Announce = () => told.Task;

        var putting = Put(first, version: 1, weight: 2);
        await Until.TrueAsync(() => Current(first).Version == 2);

        Assert.False(putting.IsCompleted);
        Assert.Equal((1, 1), Current(second));
        await second.Host.RefreshAsync();
        Assert.Equal((2, 2), Current(second));
        told.SetResult();
        await putting;
    }

    [Fact]
    public async Task Whoever_needs_models_that_cannot_be_read_at_the_moment_is_told_when_to_try_again()
    {
        await using var bench = new HostBench();
        var (first, second) = await TwoAsync(bench);
        await Put(first, version: 1, weight: 2);
        second.Connection.BeforeReadDocument = name =>
            throw new StoreException(name, "cannot be reached.") { MayPass = true };
        Func<Task>[] calls = [second.Host.RefreshAsync, () => Put(second, version: 1, weight: 3)];

        foreach (var call in calls)
        {
            var refused = await Assert.ThrowsAsync<ScoringException>(call);

            Assert.Equal(ScoringError.Unavailable, refused.Error);
            Assert.NotNull(refused.RetryAfter);
        }
    }

    [Fact]
    public async Task A_host_that_answers_by_another_version_answers_nothing_and_the_router_reads_the_models_again()
    {
        await using var bench = new HostBench();
        var (first, second) = await TwoAsync(bench);
        var customer = first.CustomerOf(1);
        await first.Record(new Sample(customer, "1"), new Sample(first.CustomerOf(0), "2"));
        // Only the one that has the partitions knows of it.
        await Put(first, version: 1, weight: 2);

        var answer = await first.Host.ScoreAsync(new("", [customer], "", null), 1, BackendHost.Cancellation);
        Assert.True(answer.HasOtherModel);
        Assert.Null(answer.Value);

        var score = (await second.Score(customer))!;
        Assert.Equal(2, score.Contributions.First(c => c.Term is EventTerm { HalfLifeDays: 0 }).Points);
        Assert.Equal((2, 2), Current(second));
        await Put(first, version: 2, weight: 4);
        Assert.Equal((await first.Segment()).Mean, (await second.Segment()).Mean);
        Assert.Equal((3, 4), Current(second));
    }

    [Fact]
    public async Task A_host_that_nobody_could_tell_of_a_model_answers_by_it_once_its_lease_has_ended_and_is_renewed()
    {
        await using var bench = new HostBench();
        var (first, second) = await TwoAsync(bench);
        var customer = first.CustomerOf(1);
        await first.Record(new Sample(customer, "1"));
        first.Connection.StopRenewing();
        // The put waits for the lease of whom it cannot reach, and is acknowledged.
        second.Announce = () =>
        {
            bench.Clock.Advance(SharedStore.Lease);
            return Task.CompletedTask;
        };
        await Put(second, version: 1, weight: 2);
        await Assert.ThrowsAsync<ScoringException>(() => first.Score(customer));

        first.Connection.RenewAgain();

        Assert.Equal(2, (await first.Score(customer))!.ModelVersion);
        Assert.Equal((2, 2), Current(first));
    }

    [Fact]
    public async Task The_scores_of_one_call_are_by_one_version_also_where_the_model_is_replaced_in_its_midst()
    {
        await using var bench = new HostBench();
        var (first, second) = await TwoAsync(bench);
        string[] customers = [first.CustomerOf(0), first.CustomerOf(1)];
        await first.Record([.. customers.Select(customer => new Sample(customer, "1"))]);
        await first.Host.ClosePartitionAsync(1, BackendHost.Cancellation);
        // What is in the other partition is answered by then.
        second.Refreshing = async absent =>
        {
            Assert.Equal([1], absent);
            await first.Host.OpenPartitionAsync(1, BackendHost.Cancellation);
            await Put(first, version: 1, weight: 2);
        };

        var scores = await second.Scores(null, customers);

        Assert.All(scores, score => Assert.Equal(2, score!.ModelVersion));
    }

    [Fact]
    public async Task A_host_that_does_not_come_to_know_a_version_is_not_waited_for_without_end()
    {
        await using var bench = new HostBench();
        var (first, second) = await TwoAsync(bench);
        await Put(second, version: 1, weight: 2);

        var refused = await Assert.ThrowsAsync<ScoringException>(() => second.Score(second.CustomerOf(1)));

        Assert.Equal(ScoringError.Unavailable, refused.Error);
        Assert.NotNull(refused.RetryAfter);
        await first.Host.RefreshAsync();
        Assert.Null(await second.Score(second.CustomerOf(1)));
    }

    [Fact]
    public async Task Versions_that_others_put_are_answered_by_every_host()
    {
        await using var bench = new HostBench();
        var (first, second) = await TwoAsync(bench);
        var customer = first.CustomerOf(1);
        await first.Record(new Sample(customer, "1"));
        await Put(second, version: 1, weight: 2);
        await first.Host.RefreshAsync();
        Assert.Equal(1, (await ByVersionAsync(first, 1)).ModelVersion);
        await Put(second, version: 2, weight: 3);
        await first.Host.RefreshAsync();

        foreach (var host in (HostBench.Seat[])[first, second])
        {
            for (var version = 1; version <= 3; version++)
            {
                var score = await ByVersionAsync(host, version);
                Assert.Equal(version, score.ModelVersion);
                Assert.Equal(version, score.Contributions.First(c => c.Term is EventTerm { HalfLifeDays: 0 }).Points);
            }
        }

        async Task<CustomerScore> ByVersionAsync(HostBench.Seat host, int version) =>
            (
                await host.Backend.GetScoresAsync(
                    new("", [customer], $"engagement@{version}", null),
                    BackendHost.Cancellation
                )
            )[0]!;
    }

    [Fact]
    public async Task A_host_that_does_not_know_a_version_yet_answers_nothing()
    {
        await using var bench = new HostBench();
        var (first, second) = await TwoAsync(bench);
        await Put(second, version: 1, weight: 2);

        var asked = new ScoreQuery("", [first.CustomerOf(1)], "engagement@2", null);
        var answer = await first.Host.ScoreAsync(asked, 2, BackendHost.Cancellation);

        Assert.True(answer.HasOtherModel);
    }

    [Fact]
    public async Task Of_one_that_deletes_a_version_and_one_that_replaces_it_at_once_one_does()
    {
        await using var bench = new HostBench();
        var (first, second) = await TwoAsync(bench);
        await first.Put(Samples.Model("churn"));
        await second.Host.RefreshAsync();
        first.Connection.BeforePut = _ =>
        {
            first.Connection.BeforePut = null;
            second.Put(Samples.Model("churn", weight: 2) with { Version = 1 }).GetAwaiter().GetResult();
        };

        var refused = await Assert.ThrowsAsync<ScoringException>(() => first.DeleteModel("churn", version: 1));

        Assert.Equal(ScoringError.ModelVersionConflict, refused.Error);
        Assert.Equal([2, 1], (await first.Versions("churn")).Select(version => version.Version));
        Assert.Equal(2, await first.DeleteModel("churn", version: 2));
        await second.Host.RefreshAsync();
        Assert.Equal(["engagement"], second.Host.ListModels("").Select(model => model.Name));
    }

    /// <summary>One that has all partitions, and one that has none.</summary>
    private static async Task<(HostBench.Seat First, HostBench.Seat Second)> TwoAsync(HostBench bench)
    {
        var first = await bench.StartWithAllAsync();
        var second = bench.Start();
        second.Ask(first.Host, 0, 1, 2);
        return (first, second);
    }

    private static Task<ScoringModel> Put(HostBench.Seat host, int version, double weight) =>
        host.Put(Samples.Model(weight: weight) with { Version = version });

    private static (int Version, double Weight) Current(HostBench.Seat host)
    {
        var model = host.Host.ListModels("")[0];
        return (model.Version, model.Terms[0].Weight);
    }
}
