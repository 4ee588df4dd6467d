using Scoring.Core;
using Scoring.Core.Models;

namespace Scoring.Engine.Tests;

public sealed class ModelTests
{
    [Fact]
    public async Task A_model_that_was_put_is_there_with_its_version_after_a_crash()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        await harness.Record(new Sample("a", "1"));

        var stored = await Put(harness, Samples.Model(weight: 0.1) with { Description = "Ünïcode", Version = 1 });

        Assert.Equal((2, harness.Now), (stored.Version, stored.UpdateTime));
        var before = await harness.Score("a");
        await harness.CrashAndReopen();
        var found = Assert.Single(await harness.Engine.ListModelsAsync("", EngineHarness.Cancellation));
        Assert.Equal(stored.Terms, found.Terms);
        Assert.Equal(stored.Bands, found.Bands);
        Assert.Equal(
            (stored.Name, stored.Version, stored.Description, stored.TargetPoints, stored.UpdateTime),
            (found.Name, found.Version, found.Description, found.TargetPoints, found.UpdateTime)
        );
        Assert.Equal((before!.Score, 2), ((await harness.Score("a"))!.Score, before.ModelVersion));
    }

    [Fact]
    public async Task A_change_of_an_old_version_is_refused()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        await Put(harness, Samples.Model());

        var stale = await Assert.ThrowsAsync<ScoringException>(() =>
            Put(harness, Samples.Model() with { Version = 1 })
        );
        var unknown = await Assert.ThrowsAsync<ScoringException>(() =>
            Put(harness, Samples.Model("new") with { Version = 1 })
        );

        Assert.Equal(ScoringError.ModelVersionConflict, stale.Error);
        Assert.Equal(ScoringError.ModelVersionConflict, unknown.Error);
    }

    [Fact]
    public async Task An_invalid_model_is_refused_and_its_fields_are_named()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        var model = Samples.Model() with { TargetPoints = 0, Terms = [new Term("login", 99, Measure.Count, 1)] };

        var error = await Assert.ThrowsAsync<ScoringException>(() => Put(harness, model));

        Assert.Equal((ScoringError.InvalidArgument, "model.target_points"), (error.Error, error.Field));
        Assert.Contains("terms[0].half_life_days", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_is_not_there_is_named_with_those_that_are()
    {
        await using var harness = new EngineHarness();
        await harness.Open();

        var error = await Assert.ThrowsAsync<ScoringException>(() =>
            harness
                .Engine.GetSegmentStatisticsAsync(new() { Workspace = "", Model = "churn" }, EngineHarness.Cancellation)
                .AsTask()
        );

        Assert.Equal((ScoringError.ModelNotFound, "churn"), (error.Error, error.Subject));
        Assert.Contains("engagement", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_file_that_is_unchanged_never_replaces_what_was_put_since()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        await Put(harness, Samples.Model(weight: 5));

        await harness.Reopen();

        var model = await Current(harness);
        Assert.Equal((2, 5.0), (model.Version, model.Terms[0].Weight));
    }

    [Fact]
    public async Task A_model_file_that_changed_becomes_the_next_version()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        await Put(harness, Samples.Model(weight: 5));
        harness.Options = harness.Options with { Models = [new ModelSource("", Samples.Model(weight: 7), "2")] };

        await harness.Reopen();

        var model = await Current(harness);
        Assert.Equal((3, 7.0), (model.Version, model.Terms[0].Weight));
    }

    private static Task<ScoringModel> Put(EngineHarness harness, ScoringModel model) =>
        harness.Engine.PutModelAsync("", model, EngineHarness.Cancellation).AsTask();

    private static async Task<ScoringModel> Current(EngineHarness harness) =>
        Assert.Single(await harness.Engine.ListModelsAsync("", EngineHarness.Cancellation));
}
