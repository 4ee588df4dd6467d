using Scoring.Core;
using Scoring.Core.Models;
using Scoring.Core.Recording;
using Scoring.Core.Scores;
using Scoring.Core.Segments;

namespace Scoring.Backend.Specs;

/// <summary>What is answered for one customer.</summary>
public abstract class ScoreSpecs(IBackendHosts hosts) : BackendSpecs(hosts)
{
    [Fact]
    public async Task A_score_is_weights_times_decayed_quantities_and_says_so()
    {
        await using var host = await Start();
        await host.Record(
            new Sample("a", At: host.Now - TimeSpan.FromDays(7), Value: 4),
            new Sample("a", At: host.Now - TimeSpan.FromDays(30))
        );

        var score = (await host.Score("a"))!;

        var lifetime = 2.0;
        var values = 4 * 0.5 + Math.Pow(0.5, 30.0 / 7);
        var counts = Math.Pow(0.5, 7.0 / 30) + 0.5;
        Assert.Equal(lifetime + values + counts, score.Points, 1e-12);
        Assert.Equal(
            [lifetime, values, counts],
            score.Contributions.Select(c => c.Points),
            (e, a) => Math.Abs(e - a) < 1e-12
        );
        Assert.Equal(score.Points, score.Score, 1e-12);
        Assert.Equal(("low", "engagement", 1), (score.Band, score.ModelName, score.ModelVersion));
        Assert.Equal(("high", 50.0), (score.NextBand!.Band, score.NextBand.FromScore));
        Assert.Equal((host.Now, host.Now - TimeSpan.FromDays(7)), (score.ReadTime, score.LastEventTime));
    }

    [Fact]
    public async Task A_score_decays_while_time_goes_by()
    {
        await using var host = await Start();
        await host.Record(new Sample("a"));

        host.Clock.Advance(TimeSpan.FromDays(7));

        var decayed = (await host.Score("a"))!.Contributions.Single(c => c.Term is EventTerm { HalfLifeDays: 7 });
        Assert.Equal(0.5, decayed.Quantity, 1e-12);
    }

    [Fact]
    public async Task An_unknown_customer_is_null_in_its_place()
    {
        await using var host = await Start();
        await host.Record(new Sample("a"), new Sample("b"));

        var scores = await host.Scores(null, "b", "nobody", "a", "b");

        Assert.Equal(["b", null, "a", "b"], scores.Select(s => s?.CustomerId));
    }

    [Fact]
    public async Task A_customer_that_was_only_upserted_has_a_score_of_nothing()
    {
        await using var host = await Start();
        await host.Upsert(new CustomerUpdate("a", "acme", [new("plan", "pro"), new("country", "nl")]));
        await host.Upsert(new CustomerUpdate("a", "", [new("plan", "")]));

        var score = (await host.Score("a"))!;

        Assert.Equal((0, "acme", null), (score.Points, score.AccountId, score.LastEventTime));
        Assert.Equal([new("country", "nl")], score.Attributes);
        Assert.Empty(score.Contributions);
    }

    [Fact]
    public async Task Scores_asked_for_together_hold_each_for_now_or_its_own_newest_event()
    {
        await using var host = await Start();
        var (ahead, far) = (host.Now + TimeSpan.FromMinutes(3), host.Now + TimeSpan.FromDays(400));
        await host.Record(new Sample("a"), new Sample("b", At: ahead), new Sample("c", At: far));

        var scores = await host.Scores(null, "a", "b", "c");
        var alone = await host.Scores(null, "a");

        Assert.Equal([host.Now, ahead, far], scores.Select(score => score!.ReadTime));
        Assert.Equivalent(alone[0], scores[0], strict: true);
    }

    [Fact]
    public async Task Customers_ahead_of_the_clock_are_left_out_of_the_figures_of_others_and_counted()
    {
        await using var host = await Start();
        await host.Record(new Sample("a", Account: "acme"), new Sample("b", Account: "acme"));
        var before = (await host.Segment(AllFigures), await host.Health("acme"));
        await host.Record(
            new Sample("c", Account: "acme", At: host.Now + TimeSpan.FromDays(400)),
            new Sample("c", Account: "acme"),
            new Sample("d", Account: "globex", At: host.Now + TimeSpan.FromDays(4_000))
        );

        var after = (await host.Segment(AllFigures), await host.Health("acme"));
        var asked = await host.Segment(query => AllFigures(query) with { ReadTime = host.Now });

        Assert.Equivalent(before.Item1 with { AheadCustomers = 2 }, after.Item1, strict: true);
        Assert.Equivalent(before.Item1 with { AheadCustomers = 2 }, asked, strict: true);
        Assert.Equivalent(before.Item2 with { AheadCustomers = 1 }, after.Item2, strict: true);
        var globex = await host.Health("globex");
        Assert.Equal((0, 1, null), (globex.Customers, globex.AheadCustomers, globex.Score));
        // Who is a little ahead is among them: a figure is of no instant before its newest event.
        await host.Record(new Sample("e", At: host.Now + TimeSpan.FromMinutes(2)));
        var skewed = await host.Segment();
        Assert.Equal(
            (3, 2, host.Now + TimeSpan.FromMinutes(2)),
            (skewed.Customers, skewed.AheadCustomers, skewed.ReadTime)
        );
        // Nobody is left out at an instant at which all events have happened.
        var later = await host.Segment(query => query with { ReadTime = host.Now + TimeSpan.FromDays(4_000) });
        Assert.Equal((5, 0), (later.Customers, later.AheadCustomers));
    }

    private static SegmentQuery AllFigures(SegmentQuery query) =>
        query with
        {
            Percentiles = [0, 50, 100],
            Top = 3,
            Bottom = 3,
            EventTotals = true,
        };

    [Fact]
    public async Task A_read_time_before_the_newest_event_tells_of_the_past()
    {
        await using var host = await Start();
        await host.Record(new Sample("a", Account: "acme"));
        var before = host.Now - TimeSpan.FromSeconds(1);

        Assert.Equal([null], await host.Scores(before, "a"));
        Assert.Equal(0, (await host.Segment(query => query with { ReadTime = before })).Customers);
        var error = await Refusal(() => host.Health("acme", at: before));
        Assert.Equal((ScoringError.AccountNotFound, "acme"), (error.Error, error.Subject));
    }

    [Fact]
    public async Task A_model_that_is_not_there_is_named_with_those_that_are()
    {
        await using var host = await Start();

        var score = await Refusal(async () =>
            await host.Backend.GetScoresAsync(
                new ScoreQuery(host.Workspace, ["a"], "churn", null),
                BackendHost.Cancellation
            )
        );
        var segment = await Refusal(() => host.Segment(query => query with { Model = "churn" }));

        Assert.All(
            [score, segment],
            error =>
            {
                Assert.Equal((ScoringError.ModelNotFound, "churn"), (error.Error, error.Subject));
                Assert.Contains("engagement", error.Message, StringComparison.Ordinal);
            }
        );
    }
}
