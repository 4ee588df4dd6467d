using Scoring.Core.Adjustments;
using Scoring.Core.Facts;
using Scoring.Core.History;
using Scoring.Core.Models;
using Scoring.Core.Recording;

namespace Scoring.Backend.Specs;

/// <summary>Why a customer's score changed.</summary>
public abstract class ScoreChangeSpecs(IBackendHosts hosts) : BackendSpecs(hosts)
{
    // What rounding to millionths may add to a part.
    private const long Rounding = 2;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private static readonly EventTerm Login = new("login", 0, Measure.Count, 1);
    private static readonly EventTerm Purchase = new("purchase", 7, Measure.Count, 1);
    private static readonly EventTerm Complaint = new("complaint", 0, Measure.Count, 1, Cap: 3);
    private static readonly AttributeTerm Plan = new("plan", ["pro"], [], 10);

    /// <summary>A score is as many points.</summary>
    private static ScoringModel Model { get; } = Samples.Model() with { Terms = [Login, Purchase, Complaint, Plan] };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Parts_add_up_to_the_difference_between_any_two_instants(int seed)
    {
        var random = new Random(seed);
        await using var host = await Start(variant: seed);
        await host.Put(ScoreDiary.Model);
        var diary = new ScoreDiary(host, new Random(seed));
        var start = host.Now - Second;
        await diary.KeepAsync(steps: 30);
        await host.CrashAndRestartAsync();
        await diary.KeepAsync(steps: 10);

        foreach (var told in diary.Customers.Select(diary.Of))
        {
            AssertAddsUp((await host.Change(told[0].CustomerId, start, told[^1].ReadTime))!);
            for (var i = 1; i < told.Count; i++)
            {
                var (from, to) = (told[random.Next(i)], told[i]);
                var change = (await host.Change(from.CustomerId, from.ReadTime, to.ReadTime))!;
                Assert.Equal(to.CustomerId, change.CustomerId);
                ScoreDiary.AssertSame(from, change.From!);
                ScoreDiary.AssertSame(to, change.To);
                AssertAddsUp(change);
            }
        }
    }

    [Fact]
    public async Task Events_bring_what_they_are_worth_and_what_was_there_decays()
    {
        await using var host = await Start();
        await host.Put(Model);
        await host.Record(new Sample("ada", Type: "purchase", At: host.Now), new Sample("ada", At: host.Now));
        host.Clock.Advance(Second);
        var from = host.Now;
        host.Clock.Advance(6 * Day);
        await host.Record([.. Enumerable.Range(0, 12).Select(i => new Sample("ada", $"{i}", At: host.Now))]);
        host.Clock.Advance(Day);

        for (var restarted = false; ; restarted = true)
        {
            var change = (await host.Change("ada", from, host.Now))!;
            AssertAddsUp(change);
            var events = Assert.Single(change.Parts, part => part.Kind == ScoreChangeKind.Events);
            Assert.Equal((Login, "login", 12), (events.Term, events.Subject, events.Events));
            AssertAdds(12, events);
            var decay = Assert.Single(change.Parts, part => part.Kind == ScoreChangeKind.Decay);
            Assert.Equal((Purchase, 0), (decay.Term, decay.Events));
            // One half-life.
            AssertAdds(-0.5 * Math.Pow(0.5, 1.0 / 86_400 / 7), decay);
            Assert.Equal(2, change.Parts.Count);
            if (restarted)
            {
                return;
            }
            await host.CrashAndRestartAsync();
        }
    }

    [Fact]
    public async Task Events_that_came_late_are_told_from_those_that_occurred_meanwhile()
    {
        await using var host = await Start();
        await host.Put(Model);
        await host.Record(new Sample("ada", At: host.Now - (9 * Day)));
        host.Clock.Advance(Day);
        var from = host.Now;
        host.Clock.Advance(Day);
        await host.Record(
            new Sample("ada", At: from - Second),
            new Sample("ada", At: from - (30 * Day)),
            new Sample("ada", At: from + Second)
        );
        host.Clock.Advance(Day);

        var change = (await host.Change("ada", from, host.Now))!;

        AssertAddsUp(change);
        AssertAre(change, (ScoreChangeKind.Events, "login", 1, 1), (ScoreChangeKind.LateEvents, "login", 2, 2));
        // They were known at the second of these instants already.
        Assert.Empty((await host.Change("ada", host.Now - (0.5 * Day), host.Now))!.Parts);
    }

    [Fact]
    public async Task What_a_cap_cuts_off_is_a_part_of_its_own()
    {
        await using var host = await Start();
        await host.Put(Model);
        await host.Record(
            new Sample("ada", "1", "complaint", At: host.Now),
            new Sample("ada", "2", "complaint", At: host.Now)
        );
        host.Clock.Advance(Day);
        var from = host.Now;
        host.Clock.Advance(Day);
        await host.Record([
            .. Enumerable.Range(3, 5).Select(i => new Sample("ada", $"{i}", "complaint", At: host.Now)),
        ]);
        host.Clock.Advance(Day);

        var change = (await host.Change("ada", from, host.Now))!;

        AssertAddsUp(change);
        Assert.Equal((2d, 3d), (change.From!.Score, change.To.Score));
        var limit = Assert.Single(change.Parts, part => part.Kind == ScoreChangeKind.Limit);
        Assert.Equal(Complaint, limit.Term);
        AssertAdds(-4, limit);
        AssertAdds(5, Assert.Single(change.Parts, part => part.Kind == ScoreChangeKind.Events));
    }

    [Fact]
    public async Task Attributes_adjustments_and_merges_are_told_with_what_they_are_about()
    {
        await using var host = await Start();
        await host.Put(Model);
        await host.Record([
            new Sample("ada", At: host.Now),
            .. Enumerable.Range(0, 3).Select(i => new Sample("anon", $"{i}", At: host.Now)),
        ]);
        host.Clock.Advance(Day);
        var from = host.Now;
        host.Clock.Advance(Day);
        await host.Upsert(new CustomerUpdate("ada", "", [new("plan", "pro"), new("country", "DE")]));
        await host.Adjust(
            "ada",
            new("engagement", AdjustmentKind.Add, 20, "Renewed.", "key k1 (Ada)", default, ExpireTime: null)
        );
        await host.Merge("ada", "anon");
        host.Clock.Advance(Day);

        foreach (var id in new[] { "ada", "anon" })
        {
            var change = (await host.Change(id, from, host.Now))!;
            AssertAddsUp(change);
            Assert.Equal(("ada", 1d, 34d), (change.CustomerId, change.From!.Score, change.To.Score));
            AssertAdds(10, Of(change, ScoreChangeKind.Attributes, "plan"));
            AssertAdds(20, Of(change, ScoreChangeKind.Adjustment));
            AssertAdds(3, Of(change, ScoreChangeKind.Merge, "anon"));
            Assert.Equal(3, change.Parts.Count);
        }
    }

    [Fact]
    public async Task Another_version_of_the_model_is_a_reason_of_its_own()
    {
        await using var host = await Start();
        await host.Put(Model);
        await host.Record(new Sample("ada", At: host.Now));
        host.Clock.Advance(Day);
        var from = host.Now;
        await host.Put(Model with { Terms = [Login with { Weight = 5 }] });
        host.Clock.Advance(Day);
        await host.Record(new Sample("ada", At: host.Now));
        host.Clock.Advance(Day);

        var same = await ChangeBy("engagement", "");
        var other = await ChangeBy("engagement@3", "engagement@2");

        AssertAddsUp(same);
        Assert.Equal((3, 5d, 10d), (same.From!.ModelVersion, same.From.Score, same.To.Score));
        Assert.DoesNotContain(same.Parts, part => part.Kind == ScoreChangeKind.Model);
        AssertAddsUp(other);
        Assert.Equal(
            (2, 1d, 3, 10d),
            (other.From!.ModelVersion, other.From.Score, other.To.ModelVersion, other.To.Score)
        );
        Assert.Contains(other.Parts, part => part.Kind == ScoreChangeKind.Model);

        async Task<ScoreChange> ChangeBy(string model, string fromModel) =>
            (
                await host.Backend.ExplainScoreChangeAsync(
                    new(host.Workspace, "ada", model, fromModel, from, host.Now),
                    BackendHost.Cancellation
                )
            )!;
    }

    [Fact]
    public async Task Who_was_not_known_at_first_had_a_score_of_0_and_who_was_not_at_last_is_not_told_of()
    {
        await using var host = await Start();
        await host.Put(Model);
        host.Clock.Advance(Day);
        await host.Record(new Sample("ada", At: host.Now));
        host.Clock.Advance(Day);

        var change = (await host.Change("ada", host.Now - (2 * Day), host.Now))!;

        AssertAddsUp(change);
        Assert.Null(change.From);
        AssertAre(change, (ScoreChangeKind.Events, "login", 1, 1));
        Assert.Null(await host.Change("ada", host.Now - (2 * Day), host.Now - (1.5 * Day)));
        Assert.Null(await host.Change("nobody", host.Now - Day, host.Now));
        await host.Delete("ada");
        Assert.Null(await host.Change("ada", host.Now - Day, host.Now));
    }

    private static void AssertAddsUp(ScoreChange change)
    {
        Assert.Equal(
            ScoreChange.MicrosOf(change.To.Score) - ScoreChange.MicrosOf(change.From?.Score ?? 0),
            change.Parts.Sum(part => part.Micros)
        );
        Assert.DoesNotContain(change.Parts, part => part.Micros == 0);
        Assert.All(change.Parts, part => Assert.True(part.Events >= 0));
    }

    private static void AssertAdds(double score, ScoreChangePart part) =>
        Assert.InRange(part.Micros - ScoreChange.MicrosOf(score), -Rounding, Rounding);

    /// <summary>Asserts that a change has these parts, of whole scores, and no others.</summary>
    private static void AssertAre(
        ScoreChange change,
        params (ScoreChangeKind Kind, string Subject, long Events, double Score)[] parts
    )
    {
        Assert.Equal(
            parts.Select(part => (part.Kind, part.Subject, part.Events)).Order(),
            change.Parts.Select(part => (part.Kind, part.Subject, part.Events)).Order()
        );
        foreach (var part in parts)
        {
            AssertAdds(part.Score, Of(change, part.Kind, part.Subject));
        }
    }

    private static ScoreChangePart Of(ScoreChange change, ScoreChangeKind kind, string? subject = null) =>
        Assert.Single(change.Parts, part => part.Kind == kind && (subject is null || part.Subject == subject));
}
