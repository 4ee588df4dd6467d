using Scoring.Core.History;
using Scoring.Core.Time;

namespace Scoring.Engine.Tests;

/// <summary>Corrections of events are there once, whatever becomes of checkpoints, files and what is kept.</summary>
public sealed class CorrectionTests
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    [Fact]
    public async Task A_crash_at_any_step_of_a_checkpoint_keeps_every_correction_once()
    {
        for (var steps = 1; ; steps++)
        {
            await using var harness = new EngineHarness();
            await harness.Open();
            var start = harness.Now;
            await harness.Record(Some(harness, "a", 8));
            await harness.Record(Some(harness, "b", 3));
            await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
            await harness.Record(Some(harness, "a", 4));
            await Void(harness, "a", start);
            await Void(harness, "b", start);
            var (left, directory, running) = (steps, harness.Directory, harness.Engine);
            harness.Probe = _ =>
            {
                if (Interlocked.Decrement(ref left) == 0)
                {
                    harness.UseCopyOfFiles();
                }
            };
            var checkpoint = running.CheckpointAsync(EngineHarness.Cancellation);
            await Void(harness, "a", start, id: "during");
            await harness.Record(new Sample("b", "late", At: start));
            await checkpoint;
            harness.Probe = null;
            await running.DisposeAsync();
            await harness.Open();
            await Void(harness, "a", start, id: "during");
            await harness.Record(new Sample("b", "late", At: start));

            for (var i = 0; i < 2; i++)
            {
                Assert.Equal(10, await harness.CountOf("a"));
                Assert.Equal(3, await harness.CountOf("b"));
                Assert.Equal(10, (await ReplayedAt(harness, "a", harness.Now, null))!.Events);
                Assert.Equal(3, (await ReplayedAt(harness, "b", harness.Now, null))!.Events);
                await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
            }
            if (harness.Directory == directory)
            {
                Assert.True(steps > 10, $"only {steps} steps");
                break;
            }
        }
    }

    [Fact]
    public async Task What_was_known_of_a_voided_event_outlives_the_month_that_it_came_in()
    {
        await using var harness = new EngineHarness();
        harness.Options = harness.Options with { ArchiveRetention = TimeSpan.FromDays(60) };
        await harness.Open();
        var known = Instant.MinValue;
        // From January 10 on: the event of March 21 is voided on April 25, when March is kept, and March is gone in June.
        for (var day = 0; day < 150; day++)
        {
            await harness.Record(
                new Sample("a", $"{day}", At: harness.Now),
                new Sample("b", $"{day}", At: harness.Now)
            );
            if (day == 104)
            {
                known = harness.Now;
            }
            if (day == 105)
            {
                Assert.Equal(CorrectionOutcome.Corrected, await Void(harness, "a", harness.Now - (35 * Day)));
            }
            harness.Clock.Advance(Day);
            if (day % 10 == 0)
            {
                await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
            }
        }
        await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);

        for (var restarted = false; ; restarted = true)
        {
            var past = (await harness.Engine.Host.ReadPastAsync("", "a", EngineHarness.Cancellation)).Value![0];
            Assert.Equal("2026-03-31", past.CompleteSince.ToString()[..10]);
            Assert.Equal([ChangeKind.Opening, ChangeKind.Correction], past.Changes.Select(change => change.Kind));
            Assert.Equal(149, (await ReplayedAt(harness, "a", harness.Now, null))!.Events);
            Assert.Equal(
                (await harness.Score("a"))!.Score,
                (await ReplayedAt(harness, "a", harness.Now, null))!.Score,
                1e-9
            );
            var (a, b) = (await ReplayedAt(harness, "a", known, known), await ReplayedAt(harness, "b", known, known));
            Assert.Equal((b!.Events, b.Score), (a!.Events, Math.Round(a.Score, 9)), SameButForRounding);
            a = await ReplayedAt(harness, "a", known, null);
            Assert.Equal(b.Events - 1, a!.Events);
            if (restarted)
            {
                break;
            }
            await harness.CrashAndReopen();
        }

        // On June 29, April goes within a day; what is gone is corrected no more, nor what is so near to it.
        var (march, april) = (harness.Now - (75 * Day), harness.Now - (45 * Day));
        Assert.Equal("2026-04-01", await RefusedSince(march));
        Assert.Equal(CorrectionOutcome.Corrected, await Void(harness, "b", april));
        harness.Clock.Advance(20 * Day + TimeSpan.FromHours(1));
        Assert.Equal("2026-05-01", await RefusedSince(april + Day));
        await Advance(harness, 20);
        Assert.Equal(
            (await harness.Score("a"))!.Score,
            (await ReplayedAt(harness, "a", harness.Now, null))!.Score,
            1e-9
        );
        Assert.Equal(149, (await ReplayedAt(harness, "a", harness.Now, null))!.Events);

        async Task<string> RefusedSince(Instant at)
        {
            var result = (await harness.Correct(new EventCorrection("b", new("login", at))))[0];
            Assert.Equal(CorrectionOutcome.BeforeHistory, result.Outcome);
            return result.Since!.Value.ToString()[..10];
        }
    }

    [Fact]
    public async Task A_correction_without_events_kept_is_refused()
    {
        await using var harness = new EngineHarness();
        harness.Options = harness.Options with { KeepsEvents = false };
        await harness.Open();
        await harness.Record(new Sample("a", At: harness.Now));

        var refused = await Assert.ThrowsAsync<Core.ScoringException>(() => Void(harness, "a", harness.Now));

        Assert.Equal(Core.ScoringError.BeforeHistory, refused.Error);
        Assert.Equal(1, await harness.CountOf("a"));
    }

    private static bool SameButForRounding((long Events, double Score) one, (long Events, double Score) other) =>
        one.Events == other.Events && Math.Abs(one.Score - other.Score) < 1e-8;

    private static async Task Advance(EngineHarness harness, int days)
    {
        harness.Clock.Advance(days * Day);
        await harness.Record(new Sample("c", At: harness.Now));
        await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
    }

    private static Sample[] Some(EngineHarness harness, string customer, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => new Sample(customer, $"{Guid.NewGuid()}", At: harness.Now))];

    private static async Task<CorrectionOutcome> Void(
        EngineHarness harness,
        string customer,
        Instant at,
        string id = ""
    ) => (await harness.Correct(new EventCorrection(customer, new("login", at), CorrectionId: id)))[0].Outcome;

    private static async Task<ScorePoint?> ReplayedAt(
        EngineHarness harness,
        string customer,
        Instant time,
        Instant? knownAt
    ) => (await harness.History(customer, knownAt, time))!.Points.SingleOrDefault();
}
