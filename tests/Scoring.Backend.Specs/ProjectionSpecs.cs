using Scoring.Core;
using Scoring.Core.Adjustments;
using Scoring.Core.Facts;
using Scoring.Core.History;
using Scoring.Core.Models;
using Scoring.Core.Time;

namespace Scoring.Backend.Specs;

/// <summary>What becomes of a customer's score if nothing more happens.</summary>
public abstract class ProjectionSpecs(IBackendHosts hosts) : BackendSpecs(hosts)
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    // Changes less than a second apart are taken for one.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(2);

    /// <summary>Terms of every kind, and bands that scores come through.</summary>
    private static ScoringModel Model { get; } =
        ScoreDiary.Model with
        {
            Bands =
            [
                new Band("lowest", "", Engagement.NotEngaged, 0, UpperEndIncluded: false),
                new Band("low", "", Engagement.NotEngaged, 6, UpperEndIncluded: true),
                new Band("middle", "", Engagement.SomewhatEngaged, 14, UpperEndIncluded: false),
                new Band("high", "", Engagement.Engaged, 30, UpperEndIncluded: true),
                new Band("highest", "", Engagement.Engaged, null, UpperEndIncluded: false),
            ],
        };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_score_that_is_read_then_is_in_the_band_that_was_told(int seed)
    {
        await using var host = await Start(variant: seed);
        await host.Put(Model);
        var random = new Random(seed);
        var diary = new ScoreDiary(host, random);
        var seen = 0;
        for (var step = 0; step < 5; step++)
        {
            await diary.KeepAsync(steps: 8);
            foreach (var customer in diary.Customers)
            {
                seen += await AssertProjection(host, customer, random);
            }
            await host.CrashAndRestartAsync();
        }
        Assert.True(seen > 5, "Hardly any score came into another band.");
    }

    [Fact]
    public async Task Bands_change_as_the_score_decays_and_when_an_adjustment_expires()
    {
        await using var host = await Start();
        await host.Put(
            Model with
            {
                Terms = [new EventTerm("login", 7, Measure.Value, 1)],
                Dimensions = [],
                Floor = null,
            }
        );
        await host.Record(new Sample("ada", Value: 24, At: host.Now));
        var expiry = host.Now + (9.5 * Day);
        await host.Adjust("ada", new("engagement", AdjustmentKind.Add, 20, "r", "key k1 (Ada)", default, expiry));

        var projection = (await host.Projection("ada", host.Now + (365 * Day)))!;
        var near = (await host.Projection("ada", host.Now + (9 * Day)))!;

        // 24 x 2^(-t / 7) + 20 comes down to 30; without the 20 it is 9.4, and comes down to 6 after two half-lives.
        Assert.Equal(("ada", 44d, "highest"), (projection.Now.CustomerId, projection.Now.Score, projection.Now.Band));
        Assert.Equal(["high", "middle", "low"], projection.Crossings.Select(crossing => crossing.Band));
        double[] days = [7 * Math.Log2(2.4), 9.5, 14];
        Assert.All(
            days.Zip(projection.Crossings),
            pair => Assert.Equal(pair.First, (pair.Second.Time - host.Now).TotalDays, 1e-6)
        );
        Assert.Equal(projection.Crossings.Take(1), near.Crossings);
    }

    [Fact]
    public async Task Of_a_merged_id_the_survivors_is_told_and_of_nobody_none()
    {
        await using var host = await Start();
        await host.Record(new Sample("ada", At: host.Now), new Sample("anon", At: host.Now));
        await host.Merge("ada", "anon");

        var merged = (await host.Projection("anon", host.Now + Day))!;

        Assert.Equal("ada", merged.Now.CustomerId);
        Assert.Equal((await host.Score("ada"))!.Score, merged.Now.Score, 1e-9);
        Assert.Null(await host.Projection("nobody", host.Now + Day));
        await host.Delete("ada");
        Assert.Null(await host.Projection("anon", host.Now + Day));
        var query = new ScoreProjectionQuery(host.Workspace, "ada", "none", host.Now + Day);
        var refused = await Refusal(async () => await host.Backend.ProjectScoreAsync(query, BackendHost.Cancellation));
        Assert.Equal(ScoringError.ModelNotFound, refused.Error);
    }

    /// <summary>Asserts that the score is in the band that was told whenever it is read, and counts how often that changes.</summary>
    private static async Task<int> AssertProjection(BackendHost host, string customer, Random random)
    {
        var until = host.Now + TimeSpan.FromDays(random.Next(1, 200));
        var projection = (await host.Projection(customer, until))!;
        var score = (await host.Score(customer))!;
        Assert.Equal(score.Score, projection.Now.Score, 1e-9);
        Assert.Equal((score.Band, score.ReadTime), (projection.Now.Band, projection.Now.ReadTime));
        var crossings = projection.Crossings;
        var instants = Enumerable
            .Range(0, 10)
            .Select(_ => host.Now + ((until - host.Now) * random.NextDouble()))
            .Concat(crossings.SelectMany(of => (Instant[])[of.Time - Margin, of.Time + Margin]))
            .Where(at => at >= host.Now && at < until)
            .Where(at => crossings.All(of => (of.Time - at).Duration() >= Margin));
        foreach (var at in instants)
        {
            var then = (await host.Scores(at, customer))[0]!;
            var told = crossings.LastOrDefault(of => of.Time <= at).Band ?? score.Band;
            Assert.True(
                told == then.Band,
                $"{customer} at {at}: {then.Band} by {then.Score:R}, not {told}\n{string.Join("\n", crossings)}"
            );
        }
        return crossings.Count;
    }
}
