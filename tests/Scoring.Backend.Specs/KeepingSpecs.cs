using Scoring.Core;
using Scoring.Core.Adjustments;
using Scoring.Core.Facts;
using Scoring.Core.Models;
using Scoring.Core.Recording;
using Scoring.Core.Scores;
using Scoring.Core.Time;

namespace Scoring.Backend.Specs;

/// <summary>The fewest events that keep a customer's score from falling below a band.</summary>
public abstract class KeepingSpecs(IBackendHosts hosts) : BackendSpecs(hosts)
{
    private const string Passive = "complaint";
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task So_many_events_keep_a_score_that_is_worked_out_from_all_that_happened_and_no_fewer_do(int seed)
    {
        await using var host = await Start(new() { Name = "default", PassiveEventTypes = [Passive] }, variant: seed);
        var random = new Random(seed);
        var (options, impossible, kept) = (0, 0, 0);
        for (var i = 0; i < 8; i++)
        {
            var customer = await Happen(host, $"c{i}", random);
            var (days, band) = (random.Next(3, 50), customer.Model.Bands[random.Next(1, 4)].Name);
            var projection = (await host.Keeping($"c{i}", days, random.Next(3) == 0 ? band : ""))!;
            var keeping = projection.Keeping!;
            var now = projection.Now.ReadTime;
            Assert.Equal(now + (days * Day), keeping.Until);
            Assert.Equal(customer.At(now), projection.Now.Score, 1e-9);
            Assert.Equal(customer.At(keeping.Until), keeping.Score, 1e-9);
            var least = LeastOf(customer.Model, keeping.Band);
            Assert.Equal(customer.Lowest(now, keeping.Until) >= least, keeping.IsKept);
            Assert.Equal(keeping.Options.OrderBy(of => of.Count).ThenBy(of => of.EventType), keeping.Options);
            kept += keeping.IsKept ? 1 : 0;
            foreach (var type in keeping.IsKept ? [] : Samples.Types)
            {
                var option = keeping.Options.SingleOrDefault(of => of.EventType == type);
                if (!Names(customer.Model, type))
                {
                    Assert.Equal(default, option);
                    continue;
                }
                _ = option == default ? impossible++ : options++;
                AssertIsFewest(customer, type, option, now, keeping.Until, least, random);
            }
        }
        Assert.True(kept > 0 && options + impossible > 2, $"{kept} stay, {options} can, {impossible} cannot.");
    }

    [Fact]
    public async Task What_was_told_holds_when_it_happens()
    {
        await using var host = await Start();
        await host.Put(
            Samples.Model() with
            {
                Terms =
                [
                    new EventTerm("login", 7, Measure.Count, 10),
                    new EventTerm("purchase", 30, Measure.Count, 3, Cap: 20),
                    new EventTerm("complaint", 7, Measure.Count, -5),
                ],
                Bands = [Samples.Model().Bands[0] with { UpperEnd = 49 }, Samples.Model().Bands[1]],
            }
        );
        // 60 now, and 60 / 4 in 14 days.
        Sample[] Of(string customer) => [.. Enumerable.Repeat(new Sample(customer, At: host.Now), 6)];
        await host.Record(Of("ada"));

        var keeping = (await host.Keeping("ada", 14, ""))!.Keeping!;

        // (60 + 140) / 4 are left of 14 more logins, and 15 + 3 x 16 x 2^(-14 / 30) = 49.7 with 16 purchases.
        Assert.Equal(("high", false), (keeping.Band, keeping.IsKept));
        Assert.Equal(15, keeping.Score, 1e-3);
        Assert.Equal([("login", 14), ("purchase", 16)], keeping.Options.Select(of => (of.EventType, of.Count)));
        Assert.Equal(50, keeping.Options[0].Score, 1e-3);
        foreach (var (type, count, _) in keeping.Options)
        {
            foreach (var (customer, times) in new[] { ($"with-{type}", count), ($"less-{type}", count - 1) })
            {
                await host.Record([
                    .. Of(customer),
                    .. Enumerable.Repeat(new Sample(customer, Type: type, At: host.Now), times),
                ]);
                var crossings = (
                    await host.Projection(customer, host.Now + (14 * Day) - TimeSpan.FromSeconds(1))
                )!.Crossings;
                Assert.Equal(times == count ? [] : ["low"], crossings.Select(of => of.Band));
            }
        }
    }

    [Fact]
    public async Task A_band_that_the_model_has_not_is_refused_and_nothing_is_told_that_was_not_asked()
    {
        await using var host = await Start();
        await host.Record(new Sample("ada", At: host.Now));

        Assert.Null((await host.Projection("ada", host.Now + Day))!.Keeping);
        Assert.True((await host.Keeping("ada", 3_650, "low"))!.Keeping!.IsKept);
        Assert.Empty((await host.Keeping("ada", 3_650, "low"))!.Keeping!.Options);
        Assert.Null(await host.Keeping("nobody", 1, ""));
        var refused = await Refusal(() => host.Keeping("ada", 1, "middle"));
        Assert.Equal((ScoringError.InvalidArgument, "keep_band"), (refused.Error, refused.Field));
    }

    private static void AssertIsFewest(
        NaiveScore customer,
        string type,
        KeepingEvents option,
        Instant now,
        Instant until,
        double least,
        Random random
    )
    {
        var few = option == default ? Limits.KeepingEvents + 1 : option.Count;
        int[] fewer =
        [
            .. Enumerable
                .Range(1, 8)
                .Concat(Enumerable.Range(0, 5).Select(_ => random.Next(1, few)))
                .Append(few - 1)
                .Where(count => count > 0 && count < few)
                .Distinct(),
        ];
        foreach (var count in fewer)
        {
            var lowest = With(count).Lowest(now, until);
            Assert.True(lowest < least + 1e-6, $"{count} {type} are enough: {lowest} of {least}; told {option}");
        }
        if (option != default)
        {
            var lowest = With(few).Lowest(now, until);
            Assert.True(lowest >= least - 1e-9, $"{few} {type} are too few: {lowest} of {least}");
            Assert.Equal(With(few).At(until), option.Score, 1e-9 * Math.Max(1, Math.Abs(option.Score)));
        }

        NaiveScore With(int count) =>
            customer with
            {
                Events = [.. customer.Events, (new Sample("", Type: type, At: now), count)],
            };
    }

    private static bool Names(ScoringModel model, string type) =>
        model.Terms.Any(term =>
            term is EventTerm { EventType: var counted } && counted == type
            || term is RecencyTerm { EventType: { } looked } && looked == type
        );

    private static double LeastOf(ScoringModel model, string band) =>
        model.Bands.TakeWhile(of => of.Name != band).LastOrDefault()?.NextFrom ?? double.NegativeInfinity;

    /// <summary>Has things happen to a customer, whom another model scores.</summary>
    private static async Task<NaiveScore> Happen(BackendHost host, string id, Random random)
    {
        var model = RandomModel(random);
        await host.Put(model);
        Sample[] events =
        [
            .. Enumerable
                .Range(0, random.Next(1, 25))
                .Select(i => new Sample(
                    id,
                    $"{id}-{i}",
                    Samples.Types[random.Next(3)],
                    random.Next(3) == 0 ? random.Next(-4, 9) / 4.0 : 1,
                    host.Now - TimeSpan.FromMinutes(random.Next(40_000))
                )),
        ];
        Assert.Empty((await host.Record(events)).Rejections);
        var plan = random.Next(2) == 0 ? "pro" : "free";
        await host.Upsert(new CustomerUpdate(id, "", [new("plan", plan)]));
        ScoreAdjustment? adjustment =
            random.Next(3) > 0
                ? null
                : new(
                    model.Name,
                    random.Next(4) == 0 ? AdjustmentKind.Set : AdjustmentKind.Add,
                    random.Next(-20, 30),
                    "Renewed.",
                    "key k1 (Ada)",
                    CreateTime: default,
                    random.Next(2) == 0 ? host.Now + TimeSpan.FromMinutes(random.Next(10, 30_000)) : null
                );
        if (adjustment is not null)
        {
            await host.Adjust(id, adjustment);
        }
        host.Clock.Advance(TimeSpan.FromSeconds(random.Next(1, 100)));
        return new(model, [.. events.Select(item => (item, 1))], plan, adjustment, Passive);
    }

    private static ScoringModel RandomModel(Random random)
    {
        string[] dimensions = random.Next(2) == 0 ? [] : ["use", "all"];
        Term[] all =
        [
            new EventTerm("login", 7, Measure.Count, Weight(8), Cap()),
            new EventTerm("login", 30, Measure.Value, Weight(4), Cap()),
            new EventTerm("login", 0, Measure.Count, Weight(0.5), Cap()),
            new EventTerm("purchase", 30, Measure.Value, Weight(6), Cap()),
            new EventTerm("purchase", 7, Measure.Count, Weight(6), Cap()),
            new EventTerm(Passive, 7, Measure.Count, -4 * random.NextDouble(), Cap()),
            new EventTerm(Passive, 30, Measure.Count, Weight(2), Cap()),
            new AttributeTerm("plan", ["pro"], [], Weight(10)),
            new ActiveDaysTerm(random.Next(1, 30), Weight(2), Cap()),
            new RecencyTerm([], 7, Weight(10)),
            new RecencyTerm([new(0, 6), new(2, 3), new(9, -4)], 0, Weight(2)),
            new RecencyTerm([new(0, -4), new(3, 2), new(20, 5)], 0, 1) { EventType = "purchase" },
            new RecencyTerm([], 30, Weight(6)) { EventType = Passive },
        ];
        var width = random.Next(4, 16);
        return Samples.Model() with
        {
            Terms =
            [
                .. all.Where(_ => random.Next(2) == 0)
                    .DefaultIfEmpty(all[0])
                    .Select(term =>
                        term with
                        {
                            Dimension = dimensions.Length == 0 ? null : dimensions[random.Next(2)],
                        }
                    ),
            ],
            Dimensions =
            [
                .. dimensions.Select((name, i) => new Dimension(name, "", i == 0 ? random.Next(10, 60) : null)),
            ],
            Bands =
            [
                .. Enumerable
                    .Range(0, 4)
                    .Select(i => new Band(
                        $"b{i}",
                        "",
                        Engagement.Engaged,
                        i == 3 ? null : i * width,
                        UpperEndIncluded: i < 3 && random.Next(2) == 0
                    )),
            ],
            Floor = random.Next(4) == 0 ? random.Next(-10, 10) : null,
            Ceiling = random.Next(4) == 0 ? random.Next(12, 80) : null,
        };

        double Weight(double most) => most * (random.Next(5) == 0 ? -random.NextDouble() : random.NextDouble());

        double? Cap() => random.Next(3) == 0 ? random.Next(1, 12) : null;
    }
}
