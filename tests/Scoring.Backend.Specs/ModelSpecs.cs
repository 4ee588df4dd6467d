using Scoring.Core;
using Scoring.Core.Accounts;
using Scoring.Core.Facts;
using Scoring.Core.Models;
using Scoring.Core.Recording;
using Scoring.Core.Scores;
using Scoring.Core.Segments;
using Scoring.Core.Time;

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
        var model = Samples.Model() with { TargetPoints = 0, Terms = [new EventTerm("login", 99, Measure.Count, 1)] };

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

    [Fact]
    public async Task Every_version_that_was_put_is_kept_with_who_put_it_and_why_also_after_a_crash()
    {
        await using var host = await Start();
        var second = await host.Put(Samples.Model(weight: 2) with { Change = new("Ada", "Logins count twice.") });
        await host.CrashAndRestartAsync();
        var third = await host.Put(Samples.Model(weight: 3) with { Change = new("Bob", "") });

        await host.CrashAndRestartAsync();

        var versions = await host.Versions("engagement");
        Assert.Equal([3, 2, 1], versions.Select(version => version.Version));
        Assert.Equal([3, 2, 1], versions.Select(version => version.Terms[0].Weight));
        Assert.Equal([third.Change, second.Change], versions.Take(2).Select(version => version.Change));
        Assert.Equal([third.UpdateTime, second.UpdateTime], versions.Take(2).Select(version => version.UpdateTime));
        Assert.Equal(second.Bands, versions[1].Bands);
    }

    [Fact]
    public async Task A_read_by_a_version_gives_what_that_version_gave_while_it_was_the_current_one()
    {
        await using var host = await Start();
        await host.Upsert(new CustomerUpdate("c1", "acme", []));
        await host.Record([.. Enumerable.Range(0, 40).Select(i => new Sample($"c{i % 8}", $"{i}"))]);
        var at = host.Now + TimeSpan.FromDays(3);
        var seen =
            new Dictionary<int, (CustomerScore, IReadOnlyList<CustomerScore?>, SegmentStatistics, AccountHealth)>();
        for (var version = 1; version <= 3; version++)
        {
            if (version > 1)
            {
                await host.Put(Samples.Model(weight: 1.0 / version));
            }
            seen.Add(version, await ReadAsync(host, "", at));
        }

        foreach (var version in (int[])[1, 3, 2, 1])
        {
            var (score, scores, segment, health) = await ReadAsync(host, $"engagement@{version}", at);

            var (wasScore, wereScores, wasSegment, wasHealth) = seen[version];
            Assert.Equal((version, wasScore.Score), (score.ModelVersion, score.Score));
            Assert.Equal(wereScores.Select(was => was!.Score), scores.Select(now => now!.Score));
            Assert.Equal(version, segment.ModelVersion);
            Assert.Equal(wasSegment.Mean!.Value, segment.Mean!.Value, 1e-9);
            Assert.Equal(wasSegment.Top, segment.Top);
            Assert.Equal((version, wasHealth.ModelName), (health.ModelVersion, health.ModelName));
            // That of old versions changes nothing for those who read by the current one.
            Assert.Equal(seen[3].Item3.Top, (await ReadAsync(host, "", at)).Item3.Top);
        }
        Assert.Equal(seen[2].Item1.Score, (await ReadAsync(host, "@2", at)).Item1.Score);
    }

    [Fact]
    public async Task A_version_that_is_none_is_refused_and_those_there_are_are_named()
    {
        await using var host = await Start();
        await host.Record(new Sample("a", "1"));
        await host.Put(Samples.Model(weight: 2));

        var one = await Refusal(() => ReadAsync(host, "engagement@3", host.Now));
        var none = await Refusal(() => ReadAsync(host, "nobody@1", host.Now));

        Assert.Equal((ScoringError.ModelVersionNotFound, "engagement@3"), (one.Error, one.Subject));
        Assert.Contains("no version 3: there are 1 to 2.", one.Message, StringComparison.Ordinal);
        Assert.Equal(ScoringError.ModelNotFound, none.Error);
        Assert.Equal(ScoringError.ModelNotFound, (await Refusal(() => host.Versions("nobody"))).Error);
    }

    [Fact]
    public async Task A_model_that_was_deleted_is_gone_and_goes_on_with_its_next_version_when_it_is_put_again()
    {
        await using var host = await Start();
        await host.Record(new Sample("a", "1"));
        await host.Put(Samples.Model("churn"));
        await host.Put(Samples.Model("churn", weight: 2));

        var stale = await Refusal(() => host.DeleteModel("churn", version: 1));
        Assert.Equal(2, await host.DeleteModel("churn", version: 2));
        await host.CrashAndRestartAsync();

        Assert.Equal(ScoringError.ModelVersionConflict, stale.Error);
        Assert.Equal(["engagement"], (await Models(host)).Select(m => m.Name));
        Assert.Equal(ScoringError.ModelNotFound, (await Refusal(() => ReadAsync(host, "churn", host.Now))).Error);
        Assert.Equal(ScoringError.ModelNotFound, (await Refusal(() => host.DeleteModel("churn"))).Error);
        Assert.Equal(
            ScoringError.ModelVersionConflict,
            (await Refusal(() => host.Put(Samples.Model("churn") with { Version = 2 }))).Error
        );
        Assert.Equal([2, 1], (await host.Versions("churn")).Select(version => version.Version));
        Assert.Equal(3, (await host.Put(Samples.Model("churn", weight: 3))).Version);
        Assert.Equal([3, 2, 1], (await host.Versions("churn")).Select(version => version.Version));
    }

    [Fact]
    public async Task The_default_model_of_the_workspace_is_not_deleted_and_the_setting_is_named()
    {
        await using var host = await Start();

        var refused = await Refusal(() => host.DeleteModel("engagement"));

        Assert.Equal((ScoringError.ModelInUse, "engagement"), (refused.Error, refused.Subject));
        Assert.Contains($"Scoring:Workspaces:{host.Workspace}:DefaultModel", refused.Message, StringComparison.Ordinal);
        Assert.Single(await Models(host));
    }

    private static async Task<(
        CustomerScore,
        IReadOnlyList<CustomerScore?>,
        SegmentStatistics,
        AccountHealth
    )> ReadAsync(BackendHost host, string model, Instant at)
    {
        string[] customers = [.. Enumerable.Range(0, 8).Select(i => $"c{i}")];
        var one = await host.Backend.GetScoresAsync(
            new(host.Workspace, [customers[0]], model, at),
            BackendHost.Cancellation
        );
        var many = await host.Backend.GetScoresAsync(
            new(host.Workspace, customers, model, at),
            BackendHost.Cancellation
        );
        var segment = await host.Segment(query => query with { Model = model, ReadTime = at, Top = 8 });
        var health = await host.Backend.GetAccountHealthAsync(
            new(host.Workspace, "acme", 30, model, at),
            BackendHost.Cancellation
        );
        return (one[0]!, many, segment, health);
    }

    private static async Task<IReadOnlyList<ScoringModel>> Models(BackendHost host) =>
        await host.Backend.ListModelsAsync(host.Workspace, BackendHost.Cancellation);
}
