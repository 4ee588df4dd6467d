using Scoring.Core.Models;

namespace Scoring.Engine.Tests;

public sealed class ModelTests
{
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
