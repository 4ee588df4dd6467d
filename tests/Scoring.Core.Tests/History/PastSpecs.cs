using Scoring.Core.Adjustments;
using Scoring.Core.Facts;
using Scoring.Core.History;
using Scoring.Core.Models;
using Scoring.Core.Names;
using Scoring.Core.Populations;
using Scoring.Core.Time;

namespace Scoring.Core.Tests.History;

/// <summary>From when on each kind of record counts.</summary>
public sealed class PastSpecs
{
    private static readonly ScoringModel Visits = Samples.Model(new EventTerm("visit", 0, Measure.Count, 1));

    private readonly RecordedCustomer _customer = new(Samples.Workspace);

    [Fact]
    public void Points_have_score_band_stage_momentum_and_the_events_since_the_point_before()
    {
        var model = Samples.Model(
            new EventTerm("visit", 7, Measure.Count, 50),
            new EventTerm("payment_failed", 0, Measure.Count, -10)
        );
        _customer.Record("visit", Day(0));
        _customer.Record("visit", Day(1));
        _customer.Record("payment_failed", Day(20));

        var history = History(model, Day(-1), Day(0), Day(8), Day(50));

        Assert.Equal(("c-1", "engagement", 1), (history.CustomerId, history.ModelName, history.ModelVersion));
        Assert.Equal([Day(0), Day(8), Day(50)], history.Points.Select(point => point.Time));
        Assert.Equal([1, 1, 1], history.Points.Select(point => point.Events));
        double[] expected = [50, 50 * (Of(8) + Of(7)), (50 * (Of(50) + Of(49))) - 10];
        Assert.Equal(expected, Scores(history), (one, other) => Math.Abs(one - other) < 1e-9);
        Assert.Equal(
            ["somewhat_engaged", "somewhat_engaged", "churn_risk"],
            history.Points.Select(point => point.Band)
        );
        Assert.Equal(["New", "New", "Dormant"], history.Points.Select(point => $"{point.Stage}"));
        Assert.True(history.Points[0].Momentum > history.Points[1].Momentum);
        Assert.Null(history.Points[2].Momentum);
        Assert.NotNull(history.Trend);

        static double Of(double days) => Math.Pow(2, -days / 7);
    }

    [Fact]
    public void A_late_event_counts_from_when_it_happened_but_not_in_what_was_known_before_it_came()
    {
        _customer.Record("visit", Day(0));
        _customer.Record("visit", Day(2), receivedAt: Day(6));

        Assert.Equal([1, 2, 2, 2], Scores(History(Visits, Day(1), Day(2), Day(5), Day(6))));
        Assert.Equal([1, 1, 1, 1], Scores(HistoryKnownAt(Day(5), Day(1), Day(2), Day(5), Day(6))));
        Assert.Equal([1, 2, 2, 2], Scores(HistoryKnownAt(Day(6), Day(1), Day(2), Day(5), Day(6))));
    }

    [Fact]
    public void An_event_of_a_clock_that_was_ahead_counts_from_when_it_says_it_happened()
    {
        var later = Day(1) + TimeSpan.FromMinutes(5);
        _customer.Record("visit", Day(0));
        _customer.Record("visit", later, receivedAt: Day(1));

        Assert.Equal([1, 1, 2], Scores(History(Visits, Day(1), later - TimeSpan.FromTicks(1), later)));
    }

    [Fact]
    public void An_adjustment_put_before_the_clock_that_was_ahead_counts_with_the_customers_first_event()
    {
        var later = Day(1) + TimeSpan.FromMinutes(5);
        _customer.Record("visit", later, receivedAt: Day(1));
        _customer.Adjust(Day(1) + TimeSpan.FromSeconds(1), Visits.Name, Adjustment(10));

        var history = History(Visits, Day(1) + TimeSpan.FromMinutes(1), later);

        Assert.Equal([(later, 11)], history.Points.Select(point => (point.Time, point.Score)));
    }

    [Fact]
    public void Events_of_one_instant_all_count_from_it()
    {
        _customer.Record("visit", Day(0), receivedAt: Day(3));
        _customer.Record("visit", Day(0));
        _customer.Record("visit", Day(0));

        Assert.Equal([3], Scores(History(Visits, Day(0))));
    }

    [Fact]
    public void Attributes_count_from_when_they_were_received()
    {
        var model = Samples.Model(new AttributeTerm("plan", ["pro"], [], 5));
        _customer.Upsert(Day(0));
        _customer.Upsert(Day(1), attributes: ("plan", "pro"));
        _customer.Upsert(Day(2), attributes: ("plan", ""));

        Assert.Equal([0, 5, 0], Scores(History(model, Day(0), Day(1), Day(2))));
        Assert.Equal([0, 5, 5], Scores(HistoryKnownAt(model, Day(1.5), Day(0), Day(1), Day(2))));
    }

    [Fact]
    public void An_adjustment_counts_from_when_it_was_put_until_it_is_removed_or_expires()
    {
        _customer.Record("visit", Day(0));
        _customer.Adjust(Day(1), Visits.Name, Adjustment(10, expires: Day(3)));
        _customer.Adjust(Day(5), Visits.Name, Adjustment(20));
        _customer.Adjust(Day(6), Visits.Name, null);

        Assert.Equal([1, 11, 11, 1, 21, 1], Scores(History(Visits, Day(0), Day(1), Day(2.9), Day(3), Day(5), Day(6))));
    }

    [Fact]
    public void A_customer_that_was_merged_counts_for_the_other_from_the_merge_on_and_is_none_itself()
    {
        var merged = new RecordedCustomer(Samples.Workspace, "c-2");
        merged.Record("visit", Day(0), account: "acme");
        merged.Record("visit", Day(1));
        _customer.Record("visit", Day(2));
        _customer.Adopt(Day(4), merged.Stored);
        merged.BecomeMerged(Day(4), "c-1");

        var history = History(Visits, Day(1), Day(3), Day(4));
        Assert.Equal([1, 3], Scores(history));
        Assert.Equal([1, 0], history.Points.Select(point => point.Events));
        Assert.Equal("", _customer.PastScore(Visits, Day(3))!.AccountId);
        Assert.Equal("acme", _customer.PastScore(Visits, Day(4))!.AccountId);
        var before = ScoreHistory.Of(merged.Past, Samples.Workspace, Visits, [Day(0), Day(3), Day(4), Day(9)], null);
        Assert.Equal([(Day(0), 1), (Day(3), 2)], before.Points.Select(point => (point.Time, point.Score)));
    }

    [Fact]
    public void What_was_before_the_archive_is_told_of_from_its_beginning_on()
    {
        _customer.Record("visit", Day(0), account: "acme");
        _customer.Record("visit", Day(1));
        _customer.OpenArchive(Day(2));
        _customer.Record("visit", Day(3));
        _customer.Record("visit", Day(0.5), receivedAt: Day(4));

        var history = History(Visits, Day(2), Day(3));

        Assert.Equal([3, 4], Scores(history));
        Assert.Equal([3, 1], history.Points.Select(point => point.Events));
        Assert.Equal([2, 3], Scores(HistoryKnownAt(Day(3), Day(2), Day(3))));
        Assert.Equal("acme", _customer.PastScore(Visits, Day(2))!.AccountId);
    }

    [Fact]
    public void Instants_before_the_archive_are_refused_by_name()
    {
        _customer.Record("visit", Day(0));
        _customer.OpenArchive(Day(2));

        var error = Assert.Throws<ScoringException>(() => History(Visits, Day(1.9), Day(3)));
        Assert.Equal((ScoringError.BeforeHistory, "start_time"), (error.Error, error.Field));
        Assert.Contains($"{Day(1.9)}, but the past of customer 'c-1' is kept from {Day(2)} on", error.Message);
        error = Assert.Throws<ScoringException>(() => HistoryKnownAt(Day(1), Day(2), Day(3)));
        Assert.Equal((ScoringError.BeforeHistory, "known_at"), (error.Error, error.Field));
        error = Assert.Throws<ScoringException>(() => _customer.Change(Visits, Day(1), Day(3)));
        Assert.Equal((ScoringError.BeforeHistory, "start_time"), (error.Error, error.Field));
    }

    [Fact]
    public void An_opening_that_a_clock_was_ahead_of_is_read_at_its_newest_event()
    {
        var model = Samples.Model(new EventTerm("visit", 7, Measure.Count, 8));
        _customer.Record("visit", Day(2), receivedAt: Day(2) - TimeSpan.FromMinutes(5));
        _customer.OpenArchive(Day(2) - TimeSpan.FromMinutes(1));

        Assert.Equal(8, Scores(History(model, Day(2) - TimeSpan.FromMinutes(1))).Single(), 12);
    }

    [Fact]
    public void Names_that_were_removed_count_until_then_and_what_comes_later_counts_anew()
    {
        var model = Samples.Model(
            new EventTerm("visit", 0, Measure.Count, 1),
            new FeatureTerm(["search"], FeatureMeasure.Uses, 0, 100),
            new AttributeTerm("plan", ["pro"], [], 1_000)
        );
        _customer.Upsert(Day(0), attributes: ("plan", "pro"));
        _customer.Record("visit", Day(0), feature: "search");
        _customer.Record("visit", Day(1), feature: "search");
        _customer.Prune(
            Day(2),
            new(NameKind.EventType, "visit"),
            new(NameKind.Feature, "search"),
            new(NameKind.CustomerAttribute, "plan")
        );
        _customer.Record("visit", Day(1.5), receivedAt: Day(3), feature: "search");

        Assert.Equal([1_202, 1_303, 101, 101], Scores(History(model, Day(1), Day(1.5), Day(2), Day(3))));
        Assert.Equal([1_202, 1_202, 0, 0], Scores(HistoryKnownAt(model, Day(2.5), Day(1), Day(1.5), Day(2), Day(3))));
    }

    [Fact]
    public void A_feature_that_was_removed_leaves_the_events_that_used_it()
    {
        var model = Samples.Model(
            new EventTerm("visit", 0, Measure.Count, 1),
            new FeatureTerm(["search"], FeatureMeasure.Uses, 0, 100)
        );
        _customer.Record("visit", Day(0), feature: "search");
        _customer.Prune(Day(2), new KnownName(NameKind.Feature, "search"));
        _customer.Record("visit", Day(1), receivedAt: Day(3), feature: "search");

        Assert.Equal([202, 102], Scores(History(model, Day(1), Day(2))));
    }

    [Fact]
    public void A_customer_leaves_an_account_that_is_deleted_and_what_is_received_later_puts_it_there_again()
    {
        _customer.Record("visit", Day(0), account: "acme");
        _customer.LeaveAccount(Day(2));

        Assert.Equal("acme", _customer.PastScore(Visits, Day(1))!.AccountId);
        Assert.Equal("", _customer.PastScore(Visits, Day(2))!.AccountId);
        _customer.Record("visit", Day(1), receivedAt: Day(3), account: "globex");
        Assert.Equal("globex", _customer.PastScore(Visits, Day(1))!.AccountId);
        Assert.Equal("globex", _customer.PastScore(Visits, Day(2))!.AccountId);
        Assert.Equal("", _customer.PastScore(Visits, Day(2), knownAt: Day(2))!.AccountId);
    }

    [Fact]
    public void More_names_than_may_be_today_are_no_hindrance()
    {
        for (var i = 0; i <= Limits.EventTypes; i++)
        {
            _customer.Record($"type-{i}", Day(0));
            _customer.Prune(Day(0.5), new KnownName(NameKind.EventType, $"type-{i}"));
        }
        var past = _customer.Past with { Changes = [] };

        var history = ScoreHistory.Of(
            past,
            Samples.Workspace,
            Samples.Model(new EventTerm($"type-{Limits.EventTypes}", 0, Measure.Count, 1)),
            [Day(1)],
            null
        );

        Assert.Equal([1], Scores(history));
    }

    [Fact]
    public void Several_customers_are_brought_back_into_one_population()
    {
        var other = new RecordedCustomer(Samples.Workspace, "c-2");
        _customer.Record("visit", Day(0));
        _customer.Record("visit", Day(2));
        _customer.Prune(Day(3), new KnownName(NameKind.EventType, "visit"));
        _customer.Record("visit", Day(1), receivedAt: Day(4));
        other.Record("visit", Day(1));
        other.BecomeMerged(Day(3), "c-3");
        var population = new Population(Samples.Workspace);
        CustomerReplay[] replays = [new(_customer.Past, population), new(other.Past, population)];

        foreach (var (day, scores) in ((double, double?[])[])[(0, [1, null]), (1, [2, 1]), (2, [3, 1]), (3, [1, null])])
        {
            Array.ForEach(replays, replay => replay.MoveTo(Day(day)));
            Assert.Equal(scores, replays.Select(replay => replay.Score(Visits, Day(day))?.Score));
            Assert.Equal(scores.Count(score => score is not null), population.Count);
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => replays[0].MoveTo(Day(2)));
    }

    private static Instant Day(double days) => Samples.Noon + TimeSpan.FromDays(days);

    private static ScoreAdjustment Adjustment(double score, Instant? expires = null) =>
        new(Visits.Name, AdjustmentKind.Add, score, "because", "ada", Day(0), expires);

    private ScoreHistory History(ScoringModel model, params Instant[] times) =>
        ScoreHistory.Of(_customer.Past, Samples.Workspace, model, times, null);

    private ScoreHistory HistoryKnownAt(Instant knownAt, params Instant[] times) =>
        HistoryKnownAt(Visits, knownAt, times);

    private ScoreHistory HistoryKnownAt(ScoringModel model, Instant knownAt, params Instant[] times) =>
        ScoreHistory.Of(_customer.Past, Samples.Workspace, model, times, knownAt);

    private static IEnumerable<double> Scores(ScoreHistory history) => history.Points.Select(point => point.Score);
}
