using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using Scoring.Core.Facts;
using Scoring.Core.Models;
using Scoring.Core.Populations;
using Scoring.Core.Scores;
using Scoring.Core.Segments;
using Scoring.Core.Tests.Oracle;
using Scoring.Core.Time;

namespace Scoring.Core.Tests.Facts;

public sealed class FactsAgainstOracle
{
    [Fact]
    public void Scores_are_those_of_all_events_in_whatever_order_they_came() =>
        Scenario.ForAll(scenario =>
        {
            var inOrderOfArrival = scenario.Populate();
            var inOrderOfTime = scenario.Populate(scenario.Events.OrderBy(e => e.OccurredAt));
            var newestFirst = scenario.Populate(scenario.Events.OrderByDescending(e => e.OccurredAt));
            foreach (var customer in scenario.Oracle.Customers)
            {
                AssertScore(scenario, inOrderOfArrival, customer);
                AssertScore(scenario, inOrderOfTime, customer);
                AssertScore(scenario, newestFirst, customer);
            }
        });

    [Fact]
    public void Contributions_are_the_quantities_of_the_terms_and_sum_to_the_points() =>
        Scenario.ForAll(scenario =>
        {
            var population = scenario.Populate();
            foreach (var customer in scenario.Oracle.Customers)
            {
                var score = population.Score(customer, scenario.Model, scenario.ReadTime);
                foreach (var part in score.Contributions)
                {
                    var expected = scenario.Oracle.Quantity(customer, part.Term, scenario.ReadTime);
                    var alone = Samples.Model(part.Term with { Weight = 1, Cap = null });
                    AssertClose(expected, part.Quantity, scenario.Oracle.Magnitude(customer, alone, scenario.ReadTime));
                    Assert.Equal(part.Term.Cap is { } cap && Math.Abs(part.Quantity) > cap, part.Capped);
                }
                var adjustment = scenario.Oracle.AdjustmentOf(customer, scenario.Model.Name, scenario.ReadTime);
                Assert.Equal(adjustment, score.Adjustment?.Adjustment);
                var adjusted = score.Adjustment?.Points ?? 0;
                var magnitude =
                    scenario.Oracle.Magnitude(customer, scenario.Model, scenario.ReadTime) + Math.Abs(adjusted);
                var cutOff = score.CutOffs.Sum(c => c.Points);
                AssertClose(score.Points, score.Contributions.Sum(c => c.Points) + adjusted + cutOff, magnitude);
                if (scenario.Model.Dimensions.Count > 0)
                {
                    var byTotal = score.CutOffs.Where(c => c.By != LimitKind.Dimension).Sum(c => c.Points);
                    AssertClose(score.Points, score.Dimensions.Sum(of => of.Points) + adjusted + byTotal, magnitude);
                }
            }
        });

    [Fact]
    public void Lifetime_sums_of_values_do_not_depend_on_the_order_of_events()
    {
        double[][] orders =
        [
            [0.3, 1e12, -1e12],
            [1e12, 0.3, -1e12],
            [1e12, -1e12, 0.3],
            [-1e12, 1e12, 0.3],
        ];
        var model = Samples.Model(new EventTerm("refund", 0, Measure.Value, 1));
        foreach (var values in orders)
        {
            var population = new Population(Samples.Workspace);
            foreach (var value in values)
            {
                population.Record("c-1", "refund", Samples.Noon, value);
            }
            Assert.Equal(0.3, population.Score("c-1", model).Points);
            var query = new SegmentQuery { Workspace = "default", EventTotals = true };
            var segment = SegmentTally.Summarize(
                [population.Tally(query, model, Samples.Noon)],
                query,
                model,
                Samples.Noon
            );
            Assert.Equal((0.3, 0.3), (segment.Mean, segment.EventTotals.Single().Value));
        }
    }

    [Fact]
    public void The_order_of_events_changes_lifetime_sums_not_at_all_and_decayed_ones_by_little() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(500),
            Prop.ForAll(
                Arb.From(
                    (
                        from value in Gen.Elements(0.3, 0.1, 1, 1e12, -1e12, -0.3, 1e-12, 7e11)
                        from hours in Gen.Choose(0, 20_000)
                        select (Value: value, At: Samples.Noon - TimeSpan.FromHours(hours))
                    ).NonEmptyListOf()
                ),
                Arb.From(Gen.Choose(0, int.MaxValue)),
                (drawn, seed) =>
                {
                    var shuffled = drawn.ToArray();
                    new Random(seed).Shuffle(shuffled);
                    var (one, other) = (Contributions(drawn), Contributions(shuffled));
                    foreach (var (x, y) in one.Zip(other))
                    {
                        Assert.Equal(x.Term, y.Term);
                        var term = (EventTerm)x.Term;
                        var magnitude = drawn.Sum(e =>
                            (term.Measure == Measure.Count ? 1 : Math.Abs(e.Value))
                            * (
                                term.HalfLifeDays == 0
                                    ? 0
                                    : Math.Pow(0.5, (Samples.Noon - e.At).TotalDays / term.HalfLifeDays)
                            )
                        );
                        var bound = shuffled.Length * Math.ScaleB(1, -52) * magnitude;
                        Assert.True(Math.Abs(x.Quantity - y.Quantity) <= bound, $"{x.Quantity:R} and {y.Quantity:R}");
                    }
                }
            )
        );

    private static IReadOnlyList<Contribution> Contributions(IEnumerable<(double Value, Instant At)> events)
    {
        var population = new Population(Samples.Workspace);
        foreach (var (value, at) in events)
        {
            population.Record("c-1", "refund", at, value);
        }
        var model = Samples.Model([
            .. ((int[])[0, 7, 30]).Select(days => new EventTerm("refund", days, Measure.Value, 1)),
            new EventTerm("refund", 7, Measure.Count, 1),
        ]);
        return population.Score("c-1", model).Contributions;
    }

    [Fact]
    public void The_stored_form_of_a_customer_gives_back_the_same_answers_to_the_bit() =>
        Scenario.ForAll(scenario =>
        {
            var population = scenario.Populate();
            population.Upsert("c-9", ("plan", "pro"), ("näme", "Zoë \"Q\""));
            var copy = new Population(scenario.Settings);
            var buffer = new ArrayBufferWriter<byte>();
            for (var row = 0; row < population.Count; row++)
            {
                buffer.ResetWrittenCount();
                population.Write(row, buffer);
                Assert.Equal(row, copy.Load(buffer.WrittenSpan));
            }
            for (var row = 0; row < population.Count; row++)
            {
                Assert.Equivalent(
                    population.Score(row, scenario.Model, scenario.ReadTime),
                    copy.Score(row, scenario.Model, scenario.ReadTime),
                    strict: true
                );
            }
            Assert.Equivalent(population.Names.Select(use => use.Name), copy.Names.Select(use => use.Name));
            Assert.Equal(population.NewestEvent, copy.NewestEvent);
        });

    [Fact]
    public void A_stored_form_cut_short_or_changed_is_refused_or_read_but_never_breaks_the_reader()
    {
        var settings = Samples.Workspace;
        var population = new Population(settings);
        population.Record("c-1", "visit", Samples.Noon, value: 2.5, account: "acme", feature: "search");
        population.Upsert("c-1", ("plan", "pro"));
        var buffer = new ArrayBufferWriter<byte>();
        population.Write(0, buffer);
        var stored = buffer.WrittenSpan.ToArray();
        for (var length = 0; length < stored.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => new Population(settings).Load(stored.AsSpan(0, length)));
        }
        for (var bit = 0; bit < stored.Length * 8; bit++)
        {
            var flipped = stored.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            var error = Xunit.Record.Exception(() => new Population(settings).Load(flipped));
            Assert.True(error is null or InvalidDataException, $"bit {bit}: {error}");
        }
    }

    private static void AssertScore(Scenario scenario, Population population, string customer)
    {
        var score = population.Score(customer, scenario.Model, scenario.ReadTime);
        var scale = 100 / scenario.Model.TargetPoints;
        var magnitude = scenario.Oracle.Magnitude(customer, scenario.Model, scenario.ReadTime);
        var expected = scenario.Oracle.Score(customer, scenario.Model, scenario.ReadTime);
        var adjusted = Math.Abs(score.Adjustment?.Points ?? 0);
        AssertClose(expected, score.Score, (magnitude + adjusted) * scale, negligible: 1e-12 * scale);
    }

    private static void AssertClose(double expected, double actual, double magnitude, double negligible = 1e-12) =>
        Assert.True(
            Math.Abs(expected - actual) <= Math.Max(1e-9 * magnitude, negligible),
            $"expected {expected:R} but got {actual:R}, allowed error 1e-9 of {magnitude:R}"
        );
}
