using Scoring.Core;
using Scoring.Core.Models;
using Scoring.Core.Scores;
using Scoring.Core.Time;
using Scoring.Core.Workspaces;
using Scoring.Engine.Hosting;
using Scoring.Grains.Models;
using Scoring.Grains.Tests.Specs;

namespace Scoring.Grains.Tests.Models;

/// <summary>A model is put once every silo answers by it.</summary>
public sealed class AnnouncementSpecs
{
    // Of scores that are compared; after whatever the silos' clocks say.
    private static readonly Instant AsOf = Instant.From(DateTimeOffset.UtcNow.AddDays(1));

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
                var listed = await cluster
                    .Front(silo)
                    .ListModelsAsync(WorkspaceSettings.DefaultName, TestSilos.Cancellation);
                Assert.Equal(version, Assert.Single(listed).Version);
            }
        }
    }

    [Fact]
    public async Task Once_a_model_is_deleted_no_silo_answers_by_it_and_every_one_by_the_versions_of_the_others()
    {
        await using var cluster = await TestSilos.StartAsync(3);
        await cluster.RecordAsync(0, new Sample("ada"));
        var before = (await ByAsync(0, ""))!.Score;
        for (var round = 0; round < 3; round++)
        {
            await PutAsync(cluster, round + 1);
            var churn = await cluster
                .Front(round)
                .PutModelAsync(WorkspaceSettings.DefaultName, Samples.Model("churn"), TestSilos.Cancellation);
            Assert.Equal(round + 1, churn.Version);
            Assert.Equal(before, (await ByAsync(round + 1, "churn"))!.Score);

            await cluster
                .Front(round)
                .DeleteModelAsync(WorkspaceSettings.DefaultName, "churn", churn.Version, TestSilos.Cancellation);

            for (var silo = 0; silo < 3; silo++)
            {
                var refused = await Assert.ThrowsAsync<ScoringException>(() => ByAsync(silo, "churn"));
                Assert.Equal(ScoringError.ModelNotFound, refused.Error);
                Assert.Equal(before, (await ByAsync(silo, "engagement@1"))!.Score);
                Assert.Equal(before, (await ByAsync(silo, "engagement@1", "ada", "ada"))!.Score);
                Assert.Equal(round + 2, (await ByAsync(silo, $"engagement@{round + 2}"))!.ModelVersion);
            }
        }

        async Task<CustomerScore?> ByAsync(int silo, string model, params string[] customers) =>
            (
                await cluster
                    .Front(silo)
                    .GetScoresAsync(
                        new(WorkspaceSettings.DefaultName, customers is [] ? ["ada"] : customers, model, AsOf),
                        TestSilos.Cancellation
                    )
            )[0];
    }

    [Fact]
    public async Task A_silo_that_does_not_answer_is_waited_for_as_long_as_it_may_hold_its_lease()
    {
        await using var cluster = await TestSilos.StartAsync(2, partitions: 8);
        // One that is on its way to a silo that does not answer is not written to.
        await cluster.AllHomeAsync();
        await PutAsync(cluster, 2);
        var models = cluster.GrainsOf(0).GetGrain<IModelsGrain>(IModelsGrain.Key);
        var writer = await cluster.GrainsOf(0).GetGrain<IManagementGrain>(0).GetActivationAddress(models);
        using var answers = new ManualResetEventSlim();
        var silent = cluster.Up.Single(silo => !silo.SiloAddress.Equals(writer));
        cluster.ConnectionOf(silent.SiloAddress).BeforeReadDocument = _ => answers.Wait(CancellationToken.None);
        var started = TimeProvider.System.GetTimestamp();
        try
        {
            // Not by way of the silent one, which would have to answer for it.
            var writing = cluster.Up.ToList().FindIndex(silo => silo.SiloAddress.Equals(writer));
            var stored = await PutAsync(cluster, writing);

            Assert.Equal(3, stored.Version);
            Assert.InRange(TimeProvider.System.GetElapsedTime(started).TotalSeconds, 5, 20);
        }
        finally
        {
            // Whatever went wrong: the silos could not end either.
            answers.Set();
        }
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

        Assert.Equal(2, Assert.Single(cluster.Service<PartitionHost>(1).ListModels("")).Version);
    }

    private static async Task<ScoringModel> PutAsync(TestSilos cluster, int turn) =>
        await cluster
            .Front(turn)
            .PutModelAsync(WorkspaceSettings.DefaultName, Samples.Model(weight: turn + 1), TestSilos.Cancellation);
}
