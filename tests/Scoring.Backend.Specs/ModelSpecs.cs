using Scoring.Core;
using Scoring.Core.Facts;
using Scoring.Core.Models;

namespace Scoring.Backend.Specs;

/// <summary>Models are versioned, and what is scored by them needs no replay.</summary>
public abstract class ModelSpecs(IBackendHosts hosts) : BackendSpecs(hosts)
{
    [Fact]
    public async Task A_model_that_was_put_is_there_with_its_version_after_a_crash()
    {
        await using var host = await Start();
        await host.Record(new Sample("a", "1"));

        var stored = await host.Put(Samples.Model(weight: 0.1) with { Description = "Ünïcode", Version = 1 });

        Assert.Equal(2, stored.Version);
        Assert.InRange(stored.UpdateTime - host.Now, -host.ClockError, host.ClockError);
        var before = await host.Score("a");
        await host.CrashAndRestartAsync();
        var found = Assert.Single(await Models(host));
        Assert.Equal(stored.Terms, found.Terms);
        Assert.Equal(stored.Bands, found.Bands);
        Assert.Equal(
            (stored.Name, stored.Version, stored.Description, stored.TargetPoints, stored.UpdateTime),
            (found.Name, found.Version, found.Description, found.TargetPoints, found.UpdateTime)
        );
        Assert.Equal((before!.Score, 2), ((await host.Score("a"))!.Score, before.ModelVersion));
    }

    [Fact]
    public async Task A_changed_model_is_what_the_next_read_scores_by()
    {
        await using var host = await Start();
        await host.Record([.. Enumerable.Range(0, 20).Select(i => new Sample($"c{i}"))]);
        var (score, segment) = (await host.Score("c1"), await host.Segment());

        await host.Put(Samples.Model(weight: 2));

        Assert.Equal(2 * score!.Score, (await host.Score("c1"))!.Score, 1e-12);
        var changed = await host.Segment();
        Assert.Equal(2 * segment.Mean!.Value, changed.Mean!.Value, 1e-12);
        Assert.Equal(2, changed.ModelVersion);
    }

    [Fact]
    public async Task A_change_of_an_old_version_is_refused()
    {
        await using var host = await Start();
        await host.Put(Samples.Model());

        var stale = await Refusal(() => host.Put(Samples.Model() with { Version = 1 }));
        var unknown = await Refusal(() => host.Put(Samples.Model("new") with { Version = 1 }));

        Assert.Equal(ScoringError.ModelVersionConflict, stale.Error);
        Assert.Equal(ScoringError.ModelVersionConflict, unknown.Error);
    }

    [Fact]
    public async Task Of_two_changes_of_the_same_version_one_is_refused()
    {
        await using var host = await Start();

        var changes = await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(async i =>
                {
                    try
                    {
                        return (await host.Put(Samples.Model(weight: i) with { Version = 1 })).Version;
                    }
                    catch (ScoringException e) when (e.Error == ScoringError.ModelVersionConflict)
                    {
                        return 0;
                    }
                })
        );

        Assert.Equal(2, Assert.Single(changes, version => version > 0));
    }

    [Fact]
    public async Task An_invalid_model_is_refused_and_its_fields_are_named()
    {
        await using var host = await Start();
        var model = Samples.Model() with { TargetPoints = 0, Terms = [new Term("login", 99, Measure.Count, 1)] };

        var error = await Refusal(() => host.Put(model));

        Assert.Equal((ScoringError.InvalidArgument, "model.target_points"), (error.Error, error.Field));
        Assert.Contains("terms[0].half_life_days", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Models_are_listed_by_name()
    {
        await using var host = await Start();
        await host.Put(Samples.Model("zeal"));
        await host.Put(Samples.Model("churn"));

        Assert.Equal(["churn", "engagement", "zeal"], (await Models(host)).Select(m => m.Name));
    }

    private static async Task<IReadOnlyList<ScoringModel>> Models(BackendHost host) =>
        await host.Backend.ListModelsAsync(host.Workspace, BackendHost.Cancellation);
}
