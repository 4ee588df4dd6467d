using Scoring.Core;
using Scoring.Core.Models;
using Scoring.Core.Scores;
using Scoring.Core.Workspaces;
using Scoring.Engine.Workspaces;

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

    [Fact]
    public async Task A_model_that_was_deleted_does_not_come_back_by_a_file_that_is_unchanged_and_does_by_one_that_changed()
    {
        await using var harness = new EngineHarness();
        harness.Options = harness.Options with { Models = [.. harness.Options.Models, File(weight: 1, hash: "1")] };
        await harness.Open();
        await harness.DeleteModel("churn");

        await harness.Reopen();
        await harness.CrashAndReopen();
        Assert.Equal("engagement", (await Current(harness)).Name);

        harness.Options = harness.Options with { Models = [File(weight: 7, hash: "2")] };
        await harness.Reopen();
        var versions = await harness.Versions("churn");
        Assert.Equal([2, 1], versions.Select(version => version.Version));
        Assert.Equal(7, versions[0].Terms[0].Weight);
        Assert.Equal(new ModelChange("server", "Loaded from its file."), versions[0].Change);
    }

    [Fact]
    public async Task A_model_that_was_put_again_after_it_was_deleted_is_left_alone_by_a_file_that_is_unchanged()
    {
        await using var harness = new EngineHarness();
        harness.Options = harness.Options with { Models = [.. harness.Options.Models, File(weight: 1, hash: "1")] };
        await harness.Open();
        await harness.DeleteModel("churn");
        await Put(harness, Samples.Model("churn", weight: 5));

        await harness.Reopen();

        Assert.Equal(5, (await harness.Versions("churn"))[0].Terms[0].Weight);
    }

    [Fact]
    public async Task As_many_versions_are_kept_as_may_be_and_whoever_asks_for_others_is_told_which()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        await harness.Record(new Sample("a", "1"));
        for (var version = 2; version <= Limits.ModelVersions + 3; version++)
        {
            await Put(harness, Samples.Model(weight: version));
        }

        await harness.Reopen();

        Assert.Equal(
            Enumerable.Range(4, Limits.ModelVersions).Reverse(),
            (await harness.Versions("engagement")).Select(version => version.Version)
        );
        var forgotten = await Assert.ThrowsAsync<ScoringException>(() => Score(harness, "engagement@3"));
        Assert.Equal(ScoringError.ModelVersionNotFound, forgotten.Error);
        Assert.Contains("there are 4 to 103. Of a model the last 100", forgotten.Message, StringComparison.Ordinal);
        Assert.Equal(4, (await Score(harness, "engagement@4"))!.ModelVersion);
    }

    [Fact]
    public void The_history_of_a_workspace_takes_no_more_room_than_it_may_and_the_oldest_is_forgotten_first()
    {
        // Of these some 300 fit.
        var large = Samples.Model() with
        {
            Terms =
            [
                .. Enumerable.Range(0, 250).Select(i => new EventTerm($"{i}-{new string('x', 120)}", 0, default, 1)),
            ],
        };
        var former = FormerModels.None;
        for (var version = 1; version < Limits.ModelVersions; version++)
        {
            for (var model = 0; model < 4; model++)
            {
                former = former.With(large with { Name = $"m{model}", Version = version });
            }
        }

        ScoringModel[] kept = [.. Enumerable.Range(0, 4).SelectMany(model => former.Of($"m{model}"))];
        var bytes = kept.Sum(version => (long)ModelJson.Write(version).Length);
        Assert.InRange(bytes, Limits.ModelHistoryBytes - 100_000, Limits.ModelHistoryBytes);
        var versions = kept.GroupBy(version => version.Name).Select(of => of.Count()).Order().ToList();
        Assert.InRange(versions[^1], versions[0], versions[0] + 1);
        Assert.All(kept.GroupBy(model => model.Name), of => Assert.Equal(Limits.ModelVersions - 1, of.First().Version));
    }

    [Fact]
    public void What_is_remembered_of_deleted_models_is_bounded_and_no_version_is_used_again_all_the_same()
    {
        var models = Deleted(StoredModels.None, "of-a-file", version: 1, hash: "1");
        models = Deleted(models, "first", version: 7, hash: "");
        for (var i = 0; i < Limits.Models; i++)
        {
            models = Deleted(models, $"m{i}", version: 2, hash: "");
        }

        Assert.Equal(Limits.Models + 1, models.Deleted.Count);
        Assert.Equal("1", models.FindDeleted(0, "of-a-file")!.SourceHash);
        Assert.Equal(2, models.FindDeleted(0, "m7")!.Version);
        Assert.Equal(7, models.FindDeleted(0, "first")!.Version);
        Assert.Equal(7, models.FindDeleted(0, "unheard-of")!.Version);
        Assert.Null(models.FindDeleted(1, "first"));
    }

    [Fact]
    public async Task A_version_whose_half_life_the_workspace_no_longer_has_is_refused_by_its_name()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        var model = Samples.Model() with { Terms = [new EventTerm("login", 0, default, 1)] };
        await Put(harness, model);
        harness.Options = harness.Options with
        {
            Models = [],
            Workspaces = [new() { Name = WorkspaceSettings.DefaultName, HalfLivesDays = [14] }],
        };
        await harness.Reopen();

        var refused = await Assert.ThrowsAsync<ScoringException>(() => Score(harness, "engagement@1"));

        Assert.Equal((ScoringError.InvalidArgument, "model_version"), (refused.Error, refused.Field));
        Assert.Contains("half-life of 7 days", refused.Message, StringComparison.Ordinal);
        Assert.Null(await Score(harness, "engagement@2"));
    }

    private static StoredModels Deleted(StoredModels models, string name, int version, string hash)
    {
        var model = new StoredModel(0, Samples.Model(name) with { Version = version }, hash);
        return models.With(model).Without(model);
    }

    private static ModelSource File(double weight, string hash) => new("", Samples.Model("churn", weight), hash);

    private static async Task<CustomerScore?> Score(EngineHarness harness, string model) =>
        (await harness.Engine.GetScoresAsync(new("", ["a"], model, null), EngineHarness.Cancellation))[0];

    private static Task<ScoringModel> Put(EngineHarness harness, ScoringModel model) =>
        harness.Engine.PutModelAsync("", model, EngineHarness.Cancellation).AsTask();

    private static async Task<ScoringModel> Current(EngineHarness harness) =>
        Assert.Single(await harness.Engine.ListModelsAsync("", EngineHarness.Cancellation));
}
