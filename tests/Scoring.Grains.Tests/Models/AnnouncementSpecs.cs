using Scoring.Core.Models;
using Scoring.Grains.Models;
using Scoring.Grains.Tests.Fakes;

namespace Scoring.Grains.Tests.Models;

/// <summary>A model is put once every silo answers by it.</summary>
public sealed class AnnouncementSpecs
{
    [Fact]
    public async Task Once_a_model_is_put_every_silo_answers_by_it()
    {
        await using var cluster = await TestSilos.StartAsync(3);
        await cluster.RecordAsync(0, new Sample("ada"));
        for (var version = 2; version < 8; version++)
        {
            var stored = await PutAsync(cluster, version);
            Assert.Equal(version, stored.Version);
            for (var silo = 0; silo < 3; silo++)
            {
                Assert.Equal(version, (await cluster.ScoresAsync(silo, "ada"))[0]!.ModelVersion);
                Assert.All(
                    await cluster.ScoresAsync(silo, "ada", "ada"),
                    score => Assert.Equal(version, score!.ModelVersion)
                );
                var listed = await cluster.Front(silo).ListModelsAsync(SharedStore.Workspace, TestSilos.Cancellation);
                Assert.Equal(version, Assert.Single(listed).Version);
            }
        }
    }

    [Fact]
    public async Task A_silo_that_does_not_answer_is_waited_for_as_long_as_it_may_hold_its_lease()
    {
        await using var cluster = await TestSilos.StartAsync(2, partitions: 8);
        foreach (var silo in cluster.Up)
        {
            cluster.Store.ProcessOf(silo.SiloAddress).LongestLease = TimeSpan.FromSeconds(2);
        }
        await PutAsync(cluster, 2);
        var models = cluster.Grains(0).GetGrain<IModelsGrain>(IModelsGrain.Key);
        var writer = await cluster.Grains(0).GetGrain<IManagementGrain>(0).GetActivationAddress(models);
        var silent = new TaskCompletionSource();
        cluster.Store.BeforeRefresh = process => process.Silo.Equals(writer) ? Task.CompletedTask : silent.Task;
        var started = TimeProvider.System.GetTimestamp();

        var stored = await PutAsync(cluster, 3);

        Assert.Equal(3, stored.Version);
        Assert.InRange(TimeProvider.System.GetElapsedTime(started).TotalSeconds, 2, 20);
        silent.SetResult();
    }

    [Fact]
    public async Task A_silo_that_is_out_of_the_membership_is_not_waited_for()
    {
        await using var cluster = await TestSilos.StartAsync(3);
        await cluster.KillAsync(cluster.Up[2]);

        await PutAsync(cluster, 2);

        Assert.Equal(2, (await cluster.Front(1).ListModelsAsync("", TestSilos.Cancellation))[0].Version);
    }

    [Fact]
    public async Task A_silo_that_joins_answers_by_what_was_put_before()
    {
        await using var cluster = await TestSilos.StartAsync(1, partitions: 8);
        await PutAsync(cluster, 2);

        await cluster.JoinAsync();

        await TestSilos.UntilAsync(() => cluster.Process(1).Models("").Count > 0);
        Assert.Equal(2, cluster.Process(1).Models("")[0].Version);
    }

    private static async Task<ScoringModel> PutAsync(TestSilos cluster, int turn) =>
        await cluster
            .Front(turn)
            .PutModelAsync(SharedStore.Workspace, Samples.Model(weight: turn), TestSilos.Cancellation);
}
