using Scoring.Core.Adjustments;
using Scoring.Core.Facts;
using Scoring.Core.History;
using Scoring.Core.Models;
using Scoring.Core.Names;
using Scoring.Core.Time;

namespace Scoring.Core.Tests.History;

/// <summary>Each kind of part by an example, from noon of one day to noon seven days later unless it says otherwise. A point is a score of 1.</summary>
public sealed class LedgerExamples
{
    private static readonly EventTerm Visits = new("visit", 7, Measure.Count, 8);
    private static readonly EventTerm Purchases = new("purchase", 0, Measure.Value, 2);
    private static readonly ScoringModel Model = Samples.Model(Visits, Purchases);

    private readonly RecordedCustomer _customer = new(Samples.Workspace);

    [Fact]
    public void Events_bring_their_weights_as_far_as_they_count_at_the_end()
    {
        _customer.Record("visit", Day(-7));
        _customer.Record("visit", Day(7));
        _customer.Record("visit", Day(0) + TimeSpan.FromTicks(1));
        _customer.Record("purchase", Day(3), value: 2.5);

        // At first 8 x 1/2 = 4. In the end that is 2, and there are 8 + 8 x 1/2 of visits and 2 x 2.5 of purchases.
        AssertParts(
            4,
            19,
            new(ScoreChangeKind.Events, Visits, "visit", 2, 12_000_000),
            new(ScoreChangeKind.Events, Purchases, "purchase", 1, 5_000_000),
            new(ScoreChangeKind.Decay, Visits, "visit", 0, -2_000_000)
        );
    }

    [Fact]
    public void Late_events_are_told_apart_from_those_that_came_in_time()
    {
        _customer.Record("purchase", Day(1), value: 1);
        _customer.Record("purchase", Day(-1), receivedAt: Day(2), value: 10);
        _customer.Record("visit", Day(-7), receivedAt: Day(2));
        // This one is not known yet.
        _customer.Record("purchase", Day(1), receivedAt: Day(8), value: 1_000);

        AssertParts(
            null,
            24,
            new(ScoreChangeKind.Events, Purchases, "purchase", 1, 2_000_000),
            new(ScoreChangeKind.LateEvents, Visits, "visit", 1, 2_000_000),
            new(ScoreChangeKind.LateEvents, Purchases, "purchase", 1, 20_000_000)
        );
    }

    [Fact]
    public void Terms_of_one_event_type_are_one_part_and_name_a_term_only_when_it_is_alone()
    {
        var model = Samples.Model(
            Visits,
            new EventTerm("visit", 0, Measure.Count, 1),
            new RecencyTerm([new(0, 3), new(2, 0)], 0, 10) { EventType = "visit" }
        );
        _customer.Record("visit", Day(6));

        // 8 x 2^(-1/7) = 7.245789..., 1 and 10 x 3.
        var change = _customer.Change(model, Day(0), Day(7));
        Assert.Equal(
            [new(ScoreChangeKind.Events, null, "visit", 1, 31_000_000 + Micros(8 * Math.Pow(2, -1 / 7.0)))],
            change.Parts
        );
        change = _customer.Change(model, Day(6), Day(9));
        // The lifetime count does not decay, the others do.
        Assert.Equal(
            (null, -30_000_000 + Micros(8 * (Math.Pow(2, -3 / 7.0) - 1))),
            (change.Parts.Single().Term, change.Parts.Single().Micros)
        );
        change = _customer.Change(model, Day(9), Day(12));
        Assert.Equal(
            (model.Terms[0], Micros(8 * (Math.Pow(2, -6 / 7.0) - Math.Pow(2, -3 / 7.0)))),
            (change.Parts.Single().Term, change.Parts.Single().Micros)
        );
    }

    [Fact]
    public void Days_and_features_are_told_of_by_term()
    {
        var days = new ActiveDaysTerm(14, 1);
        var used = new FeatureTerm(["search", "export"], FeatureMeasure.Distinct, 10, 5);
        var uses = new FeatureTerm(["search"], FeatureMeasure.Uses, 0, 2);
        var model = Samples.Model(days, used, uses, new RecencyTerm([], 7, 16));
        _customer.Record("visit", Day(-9), feature: "search");
        _customer.Record("visit", Day(-8), feature: "export");
        _customer.Record("payment_failed", Day(1), feature: "search");
        _customer.Record("visit", Day(5), feature: "search");
        _customer.Record("visit", Day(5), feature: "search");
        _customer.Record("visit", Day(6));

        // Of the last 14 days at first two were active, in the end none of them but two others. Both features were used within 10 days, in the end one of them anew.
        var parts = _customer.Change(model, Day(0), Day(7)).Parts;

        Assert.Equal(
            [
                new(ScoreChangeKind.Events, days, "", 3, 2_000_000),
                new(ScoreChangeKind.Events, used, "", 2, 5_000_000),
                new(ScoreChangeKind.Events, uses, "", 2, 4_000_000),
            ],
            parts.Where(part => part.Kind == ScoreChangeKind.Events && part.Term is not RecencyTerm)
        );
        Assert.Equal(
            [new(ScoreChangeKind.Decay, days, "", 0, -2_000_000), new(ScoreChangeKind.Decay, used, "", 0, -10_000_000)],
            parts.Where(part => part.Kind == ScoreChangeKind.Decay && part.Term is not RecencyTerm)
        );
        // Since midnight: 8.5 days ago at first, 15.5 without the new events, 1.5 with them.
        Assert.Equal(
            [
                (ScoreChangeKind.Events, 3, 16 * (Of(1.5) - Of(15.5))),
                (ScoreChangeKind.Decay, 0, 16 * (Of(15.5) - Of(8.5))),
            ],
            parts.Where(part => part.Term is RecencyTerm).Select(part => (part.Kind, part.Events, part.Micros / 1e6)),
            (one, other) =>
                one.Item1 == other.Item1 && one.Item2 == other.Item2 && Math.Abs(one.Item3 - other.Item3) < 2e-6
        );

        static double Of(double days) => Math.Pow(2, -days / 7);
    }

    [Fact]
    public void Attributes_are_told_of_by_key_however_often_they_were_set()
    {
        var pro = new AttributeTerm("plan", ["pro"], [], 5);
        var seats = new AttributeTerm("seats", [], [new(10, 1), new(100, 3)], 4);
        var model = Samples.Model(pro, new AttributeTerm("plan", ["pro", "max"], [], 1), seats);
        _customer.Upsert(Day(-1), attributes: [("plan", "pro"), ("seats", "20")]);
        _customer.Upsert(Day(1), attributes: ("plan", "max"));
        _customer.Upsert(Day(2), attributes: ("plan", "free"));
        _customer.Upsert(Day(3), attributes: ("seats", "150"));
        _customer.Upsert(Day(4), attributes: ("plan", "max"));

        AssertParts(
            model,
            10,
            13,
            new(ScoreChangeKind.Attributes, pro, "plan", 0, -5_000_000),
            new(ScoreChangeKind.Attributes, seats, "seats", 0, 8_000_000)
        );
    }

    [Fact]
    public void A_cap_tells_what_it_cuts_off_more_than_at_first()
    {
        var capped = Purchases with { Cap = 10 };
        _customer.Record("purchase", Day(-1), value: 12);
        _customer.Record("purchase", Day(1), value: 30);

        // 2 x 12 - 4, then 2 x 42 - 64.
        AssertParts(
            Samples.Model(capped),
            20,
            20,
            new(ScoreChangeKind.Events, capped, "purchase", 1, 60_000_000),
            new(ScoreChangeKind.Limit, capped, "", 0, -60_000_000)
        );
    }

    [Fact]
    public void Dimensions_floor_and_ceiling_tell_what_they_cut_off()
    {
        var depth = Purchases with { Dimension = "depth" };
        var support = new EventTerm("complaint", 0, Measure.Count, -50) { Dimension = "support" };
        var model = Samples.Model(depth, support) with
        {
            Dimensions = [new("depth", "", 30), new("support", "")],
            Floor = -10,
            Ceiling = 25,
        };
        _customer.Record("purchase", Day(-1), value: 14);
        _customer.Record("purchase", Day(1), value: 5);
        _customer.Record("complaint", Day(2));

        // 28, of which the ceiling leaves 25; then 38, of which the dimension leaves 30, less 50: -20, which the floor lifts to -10.
        AssertParts(
            model,
            25,
            -10,
            new(ScoreChangeKind.Events, depth, "purchase", 1, 10_000_000),
            new(ScoreChangeKind.Events, support, "complaint", 1, -50_000_000),
            new(ScoreChangeKind.Limit, null, "depth", 0, -8_000_000),
            new(ScoreChangeKind.Limit, null, "", 0, 13_000_000)
        );
    }

    [Fact]
    public void An_adjustment_is_told_of_when_it_was_put_and_when_it_has_expired()
    {
        _customer.Record("purchase", Day(-1), value: 3);
        _customer.Adjust(Day(-1), Model.Name, Adjustment(AdjustmentKind.Add, 10, Day(3)));

        AssertParts(16, 6, new ScoreChangePart(ScoreChangeKind.Adjustment, null, "", 0, -10_000_000));
        _customer.Adjust(Day(4), Model.Name, Adjustment(AdjustmentKind.Set, 90, null));
        AssertParts(16, 90, new ScoreChangePart(ScoreChangeKind.Adjustment, null, "", 0, 74_000_000));
        // A score that is set hides what happens.
        _customer.Record("purchase", Day(8), value: 1);
        Assert.Equal(
            [
                new(ScoreChangeKind.Events, Purchases, "purchase", 1, 2_000_000),
                new ScoreChangePart(ScoreChangeKind.Adjustment, null, "", 0, -2_000_000),
            ],
            _customer.Change(Model, Day(7), Day(9)).Parts
        );
    }

    [Fact]
    public void Each_customer_that_was_merged_is_a_part_of_all_that_it_brought()
    {
        var (second, third) = (
            new RecordedCustomer(Samples.Workspace, "c-2"),
            new RecordedCustomer(Samples.Workspace, "c-3")
        );
        second.Record("visit", Day(0));
        second.Record("purchase", Day(1), value: 5);
        third.Record("purchase", Day(1), value: 1);
        _customer.Record("purchase", Day(-1), value: 3);
        _customer.Adopt(Day(2), second.Stored);
        _customer.Record("purchase", Day(3), value: 4);
        _customer.Adopt(Day(5), third.Stored);

        AssertParts(
            6,
            30,
            new(ScoreChangeKind.Events, Purchases, "purchase", 1, 8_000_000),
            new(ScoreChangeKind.Merge, null, "c-2", 2, 14_000_000),
            new(ScoreChangeKind.Merge, Purchases, "c-3", 1, 2_000_000)
        );
    }

    [Fact]
    public void Another_version_of_the_model_counts_for_what_it_makes_of_the_facts_at_the_end()
    {
        var former = Model with { Version = 7, Terms = [Purchases with { Weight = 5 }], TargetPoints = 50 };
        var current = Model with { Version = 8 };
        _customer.Record("purchase", Day(-1), value: 3);
        _customer.Record("purchase", Day(1), value: 1);

        // 3 x 5 / 50 x 100 = 30; then 4 x 5 / 50 x 100 = 40 by the former version, 4 x 2 = 8 by the current one.
        var change = _customer.Change(current, Day(0), Day(7), former);

        Assert.Equal(
            (7, 30, 8, 8),
            (change.From!.ModelVersion, change.From.Score, change.To.ModelVersion, change.To.Score)
        );
        Assert.Equal(
            [
                new(ScoreChangeKind.Events, former.Terms[0], "purchase", 1, 10_000_000),
                new(ScoreChangeKind.Model, null, "", 0, -32_000_000),
            ],
            change.Parts
        );
    }

    [Fact]
    public void Who_was_not_known_at_first_is_scored_by_the_current_version_alone()
    {
        var former = Model with { Version = 7, Terms = [Purchases with { Weight = 5 }] };
        _customer.Record("purchase", Day(1), value: 3);

        var change = _customer.Change(Model with { Version = 8 }, Day(0), Day(7), former);

        Assert.Null(change.From);
        Assert.Equal([new(ScoreChangeKind.Events, Purchases, "purchase", 1, 6_000_000)], change.Parts);
    }

    [Fact]
    public void Names_that_were_removed_take_away_what_they_still_counted()
    {
        _customer.Record("visit", Day(-7));
        _customer.Record("purchase", Day(-7), value: 4);
        _customer.Prune(Day(3), new KnownName(NameKind.EventType, "visit"));
        _customer.Record("visit", Day(2), receivedAt: Day(4));
        _customer.Record("visit", Day(7));

        // 8 x 1/2 at first, 8 x 1/4 in the end without the removal.
        AssertParts(
            12,
            16 + (8 * Math.Pow(2, -5 / 7.0)),
            new(ScoreChangeKind.Events, Visits, "visit", 2, Micros(8 + (8 * Math.Pow(2, -5 / 7.0)))),
            new(ScoreChangeKind.Decay, Visits, "visit", 0, -2_000_000),
            new(ScoreChangeKind.Pruning, Visits, "visit", 0, -2_000_000)
        );
    }

    [Fact]
    public void Where_nothing_was_known_at_the_second_instant_nothing_is_told()
    {
        _customer.Record("purchase", Day(8));
        Assert.Null(ScoreChange.Between(_customer.Past, Samples.Workspace, Model, Model, Day(0), Day(7)));
    }

    [Fact]
    public void Where_nothing_happens_there_are_no_parts()
    {
        _customer.Record("purchase", Day(-1), value: 3);
        AssertParts(6, 6);
    }

    [Fact]
    public void Scores_beyond_all_millionths_still_add_up()
    {
        Assert.Equal(1L << 62, ScoreChange.MicrosOf(1e24));
        Assert.Equal(-(1L << 62), ScoreChange.MicrosOf(-1e24));
        var model = Samples.Model(Purchases with { Weight = 1e12 }, new EventTerm("visit", 7, Measure.Count, -1e12));
        _customer.Record("purchase", Day(-1), value: 1e12);
        _customer.Record("visit", Day(1));
        _customer.Record("purchase", Day(2), value: -1e12);

        var change = _customer.Change(model, Day(0), Day(7));

        Assert.Equal(ScoreChange.MicrosOf(change.To.Score) - (1L << 62), change.Parts.Sum(part => part.Micros));
    }

    private static Instant Day(double days) => Samples.Noon + TimeSpan.FromDays(days);

    private static long Micros(double score) => ScoreChange.MicrosOf(score);

    private static ScoreAdjustment Adjustment(AdjustmentKind kind, double score, Instant? expires) =>
        new(Model.Name, kind, score, "because", "ada", Day(0), expires);

    private void AssertParts(double? from, double to, params ScoreChangePart[] parts) =>
        AssertParts(Model, from, to, parts);

    private void AssertParts(ScoringModel model, double? from, double to, params ScoreChangePart[] parts)
    {
        var change = _customer.Change(model, Day(0), Day(7));
        Assert.Equal("c-1", change.CustomerId);
        Assert.Equal(from is null, change.From is null);
        Assert.Equal(from ?? 0, change.From?.Score ?? 0, 9);
        Assert.Equal(to, change.To.Score, 9);
        Assert.Equal(parts, change.Parts);
    }
}
