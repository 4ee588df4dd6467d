using Scoring.Core;
using Scoring.Core.Adjustments;
using Scoring.Core.Facts;
using Scoring.Core.Models;
using Scoring.Core.Time;

namespace Scoring.Backend.Specs;

/// <summary>Who in a segment will leave a band if nothing more happens.</summary>
public abstract class BandLeaverSpecs(IBackendHosts hosts) : BackendSpecs(hosts)
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly string[] Crowd = [.. Enumerable.Range(0, 12).Select(i => $"c-{i}")];

    private static readonly Band[] Bands =
    [
        new Band("lowest", "", Engagement.NotEngaged, 0, UpperEndIncluded: false),
        new Band("low", "", Engagement.NotEngaged, 6, UpperEndIncluded: true),
        new Band("middle", "", Engagement.SomewhatEngaged, 14, UpperEndIncluded: false),
        new Band("highest", "", Engagement.Engaged, null, UpperEndIncluded: false),
    ];

    /// <summary>Scores that only fall, and scores that rise where a penalty fades.</summary>
    public static TheoryData<bool> Models => [true, false];

    [Theory]
    [MemberData(nameof(Models))]
    public async Task They_are_those_whose_own_projections_leave_it_the_soonest_first(bool onlyFalls)
    {
        await using var host = await Start(variant: onlyFalls ? 1 : 2);
        // Values may be below 0, and fade then.
        var terms = onlyFalls
            ? ScoreDiary
                .Model.Terms.Where(term => term.Weight > 0)
                .Select(term => term is EventTerm of ? of with { Measure = Measure.Count } : term)
            : ScoreDiary.Model.Terms;
        await host.Put(ScoreDiary.Model with { Bands = Bands, Terms = [.. terms] });
        var random = new Random(onlyFalls ? 1 : 2);
        var diary = new ScoreDiary(host, random);
        for (var step = 0; step < 3; step++)
        {
            await host.Record([.. Enumerable.Range(0, 25).Select(_ => Event(host, random))]);
            await diary.KeepAsync(steps: 5);
            await host.Record(new Sample("c-1", At: host.Now));
            await host.Adjust(
                "c-1",
                new("engagement", AdjustmentKind.Add, 9, "r", "key k1 (Ada)", default, host.Now + (3 * Day))
            );
            foreach (
                var (filter, holds) in new (string, Func<double, bool>)[]
                {
                    ("", _ => true),
                    ("score < 10", score => score < 10),
                }
            )
            {
                await AssertLeavers(host, [.. diary.Customers.Concat(Crowd)], filter, holds, random);
            }
            await host.CrashAndRestartAsync();
        }
    }

    [Fact]
    public async Task The_highest_band_is_meant_unless_another_is_named_and_who_stays_is_counted()
    {
        await using var host = await Start();
        await host.Put(Samples.Model() with { Bands = Bands, Terms = [new EventTerm("login", 7, Measure.Value, 1)] });
        await host.Record(
            new Sample("ada", Value: 56, At: host.Now, Account: "acme"),
            new Sample("bob", Value: 28, At: host.Now),
            new Sample("eve", Value: 28, At: host.Now),
            new Sample("joe", Value: 7, At: host.Now)
        );

        var highest = await host.Leavers("", "", host.Now + (10 * Day), 1);
        var later = await host.Leavers("", "highest", host.Now + (15 * Day), 9);
        var middle = await host.Leavers("account_id != acme", "middle", host.Now + (10 * Day), 9);

        // 28 are 14 after one half-life of 7 days, 56 after two; 7 are 6 sooner.
        Assert.Equal(("highest", 3, 2), (highest.Band, highest.Tally.InBand, highest.Tally.Leaving));
        Assert.Equal(["bob"], highest.Tally.Soonest.Select(of => of.CustomerId));
        Assert.Equal(["bob", "eve", "ada"], later.Tally.Soonest.Select(of => of.CustomerId));
        var ada = later.Tally.Soonest[^1];
        Assert.Equal(("acme", 56, "middle"), (ada.AccountId, Math.Round(ada.Score, 9), ada.Band));
        Assert.Equal(14, (ada.Time - host.Now).TotalDays, 1e-6);
        Assert.Equal(("joe", "low"), middle.Tally.Soonest.Select(of => (of.CustomerId, of.Band)).Single());
        Assert.Equal(7 * Math.Log2(7 / 6.0), (middle.Tally.Soonest[0].Time - host.Now).TotalDays, 1e-6);
    }

    [Fact]
    public async Task A_band_that_the_model_does_not_have_is_refused_and_so_is_a_model_that_there_is_not()
    {
        await using var host = await Start();

        var band = await Refusal(() => host.Leavers("", "none", host.Now + Day, 1));
        var model = await Refusal(async () =>
            await host.Backend.ListBandLeaversAsync(
                new()
                {
                    Workspace = host.Workspace,
                    Model = "none",
                    Until = host.Now + Day,
                    Count = 1,
                },
                BackendHost.Cancellation
            )
        );

        Assert.Equal((ScoringError.InvalidArgument, "band"), (band.Error, band.Field));
        Assert.Equal(ScoringError.ModelNotFound, model.Error);
    }

    /// <summary>Asserts that who leaves a band is what everybody's own projection tells.</summary>
    private static async Task AssertLeavers(
        BackendHost host,
        string[] customers,
        string filter,
        Func<double, bool> holds,
        Random random
    )
    {
        var until = host.Now + TimeSpan.FromDays(random.Next(1, 30));
        var projections = new List<(string Id, double Score, string Band, Instant? Time, string Next)>();
        foreach (var customer in customers)
        {
            if (await host.Projection(customer, until) is { } projection && holds(projection.Now.Score))
            {
                var first = projection.Crossings.Count > 0 ? projection.Crossings[0] : default;
                projections.Add(
                    (
                        customer,
                        projection.Now.Score,
                        projection.Now.Band,
                        first.Band is null ? null : first.Time,
                        first.Band ?? ""
                    )
                );
            }
        }
        foreach (var band in Bands)
        {
            var inBand = projections.Where(of => of.Band == band.Name).ToList();
            var leaving = inBand
                .Where(of => of.Time is not null)
                .OrderBy(of => of.Time)
                .ThenBy(of => of.Id, StringComparer.Ordinal)
                .ToList();
            var leavers = await host.Leavers(filter, band.Name, until, 3);
            Assert.Equal((inBand.Count, leaving.Count), (leavers.Tally.InBand, leavers.Tally.Leaving));
            Assert.Equal(
                leaving.Take(3).Select(of => (of.Id, of.Next, Math.Round(of.Score, 9))),
                leavers.Tally.Soonest.Select(of => (of.CustomerId, of.Band, Math.Round(of.Score, 9)))
            );
            Assert.All(
                leaving.Zip(leavers.Tally.Soonest),
                pair => Assert.InRange((pair.First.Time!.Value - pair.Second.Time).TotalSeconds, -2, 2)
            );
        }
    }

    private static Sample Event(BackendHost host, Random random) =>
        new(
            Crowd[random.Next(Crowd.Length)],
            $"{Guid.NewGuid()}",
            Samples.Types[random.Next(Samples.Types.Count)],
            random.Next(3) == 0 ? random.Next(5) / 4.0 : 1,
            host.Now - TimeSpan.FromMinutes(random.Next(20_000))
        );
}
