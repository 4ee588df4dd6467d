using Scoring.Core.Adjustments;
using Scoring.Core.Facts;
using Scoring.Core.Models;
using Scoring.Core.Populations;
using Scoring.Core.Scores;
using Scoring.Core.Tests.Oracle;
using Scoring.Core.Time;

namespace Scoring.Core.Tests.Scores;

/// <summary>Until the next change a score is a constant plus a sum of exponentials: no limit sets in or lets go, and no quantity jumps.</summary>
public sealed class NextChangeSpecs
{
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    [Fact]
    public void Nothing_but_decay_happens_before_the_next_change_and_something_does_then() =>
        Scenario.ForAll(scenario =>
        {
            var population = scenario.Populate();
            for (var row = 0; row < population.Count; row++)
            {
                var now = StateOf(population.Score(row, scenario.Model, scenario.ReadTime));
                var next = population.NextChange(row, scenario.Model, scenario.ReadTime);
                var until = next ?? scenario.ReadTime + TimeSpan.FromDays(100_000);
                if (until.UtcDay > 2_000_000)
                {
                    continue;
                }
                foreach (var share in (double[])[0.01, 0.3, 0.7, 1])
                {
                    var at = scenario.ReadTime + ((until - scenario.ReadTime) * share) - Margin;
                    Assert.Equal(now, at < scenario.ReadTime ? now : At(row, at));
                }
                Assert.True(next is null || At(row, until + Margin) != now, $"{next}: {now}");
            }

            string At(int row, Instant instant) => StateOf(population.Score(row, scenario.Model, instant));
        });

    [Fact]
    public void A_cap_lets_go_when_what_it_limits_has_decayed_to_it()
    {
        var model = Samples.Model(new EventTerm("visit", 7, Measure.Value, 1, Cap: 2));
        var population = new Population(Samples.Workspace);
        population.Record("c-1", "visit", Samples.Noon, value: 8);

        var next = population.NextChange(0, model, Samples.Noon);

        Assert.InRange((next!.Value - Samples.DaysAgo(-14)).TotalMilliseconds, -1, 1);
        Assert.Null(population.NextChange(0, model, next.Value + Margin));
    }

    [Fact]
    public void A_penalty_that_fades_lifts_a_dimension_to_its_cap_and_below_it_again()
    {
        // 30 x 2^(-t / 30) - 40 x 2^(-t / 7): below 0 at first, at most 14 and some, then nothing.
        var model = Samples.Model(
            new EventTerm("visit", 30, Measure.Value, 1) { Dimension = "depth" },
            new EventTerm("complaint", 7, Measure.Value, -1) { Dimension = "depth" }
        ) with
        {
            Dimensions = [new("depth", "", 12)],
        };
        var population = new Population(Samples.Workspace);
        population.Record("c-1", "visit", Samples.Noon, value: 30);
        population.Record("c-1", "complaint", Samples.Noon, value: 40);

        var capped = new List<(double Days, bool Capped)>();
        for (Instant? at = Samples.Noon; at is not null; at = population.NextChange(0, model, at.Value))
        {
            at = at + TimeSpan.FromSeconds(1);
            var score = population.Score(0, model, at.Value);
            capped.Add(((at.Value - Samples.Noon).TotalDays, score.Dimensions[0].Capped));
        }

        Assert.Equal([false, true, false], capped.Select(of => of.Capped));
        Assert.All(capped[1..], of => Assert.Equal(12, Of(of.Days), 0.001));

        static double Of(double days) => (30 * Math.Pow(2, -days / 30)) - (40 * Math.Pow(2, -days / 7));
    }

    [Fact]
    public void An_adjustment_that_adds_moves_when_floor_and_ceiling_let_go_and_its_end_is_a_change()
    {
        var model = Samples.Model(new EventTerm("visit", 7, Measure.Value, 1)) with { Ceiling = 50 };
        var population = new Population(Samples.Workspace);
        population.Record("c-1", "visit", Samples.Noon, value: 40);
        var end = Samples.DaysAgo(-10);
        population.Adjust(
            0,
            model.Name,
            new(model.Name, AdjustmentKind.Add, 30, "r", "a", Samples.Noon, end),
            Samples.Noon
        );

        // 40 x 2^(-t / 7) + 30 comes down to 50 after 7 days; without the 30 it never was above.
        var letsGo = population.NextChange(0, model, Samples.Noon)!.Value;
        Assert.InRange((letsGo - Samples.DaysAgo(-7)).TotalMilliseconds, -1, 1);
        Assert.Equal(end, population.NextChange(0, model, letsGo + Margin));
        Assert.Null(population.NextChange(0, model, end));
        population.Adjust(
            0,
            model.Name,
            new(model.Name, AdjustmentKind.Set, 30, "r", "a", Samples.Noon, end),
            Samples.Noon
        );
        Assert.Equal(end, population.NextChange(0, model, Samples.Noon));
    }

    /// <summary>All that does not change by decay alone. Where the score is set, nothing of the terms changes it.</summary>
    private static string StateOf(CustomerScore score) =>
        string.Join(
            "; ",
            score.Adjustment is { Adjustment: { Kind: AdjustmentKind.Set } set }
                ? [$"{set}"]
                :
                [
                    $"{score.Adjustment?.Adjustment}",
                    .. score.Contributions.Select(part => $"{part.Term}: {part.Capped} {StandingOf(part)}"),
                    .. score.Dimensions.Select(of => $"{of.Dimension.Name}: {of.Capped}"),
                    .. score.CutOffs.Select(of => $"{of.By} {of.Dimension}"),
                ]
        );

    private static double StandingOf(Contribution part) =>
        part.Term is EventTerm or RecencyTerm { HalfLifeDays: > 0 } ? 0 : part.Quantity;
}
