using Scoring.Core.Adjustments;
using Scoring.Core.Facts;
using Scoring.Core.Filters;
using Scoring.Core.Lifecycles;
using Scoring.Core.Models;
using Scoring.Core.Populations;
using Scoring.Core.Scores;
using Scoring.Core.Segments;
using Scoring.Core.Time;

namespace Scoring.Core.Tests.Segments;

/// <summary>Populations of several chunks: what a scan does by the vector must be what scoring one by one gives.</summary>
public sealed class LargeSegmentSpecs
{
    private const int Customers = 40_001;

    private static readonly ScoringModel Model = Samples.Model(
        new EventTerm("visit", 7, Measure.Count, 3),
        new EventTerm("visit", 30, Measure.Count, 1, Cap: 2),
        new EventTerm("purchase", 0, Measure.Value, 0.5),
        new EventTerm("complaint", 30, Measure.Count, -40)
    );

    /// <summary>Caps limit some customers and not others, and more terms have one than a vector has room for.</summary>
    private static readonly ScoringModel CappedModel = Samples.Model(
        new EventTerm("visit", 0, Measure.Count, 1, Cap: 3),
        new EventTerm("visit", 7, Measure.Count, 3, Cap: 1),
        new EventTerm("visit", 30, Measure.Count, 1, Cap: 2),
        new EventTerm("purchase", 0, Measure.Value, 0.5, Cap: 10),
        new EventTerm("purchase", 7, Measure.Count, 2),
        new EventTerm("complaint", 30, Measure.Count, -40, Cap: 0.5),
        new EventTerm("never", 30, Measure.Count, 7, Cap: 1)
    );

    /// <summary>Terms of every kind, in dimensions with caps and without, between a floor and a ceiling.</summary>
    private static readonly ScoringModel LimitedModel = Samples.Model(
        new EventTerm("visit", 7, Measure.Count, 30) { Dimension = "frequency" },
        new EventTerm("visit", 30, Measure.Count, 10, Cap: 2) { Dimension = "frequency" },
        new EventTerm("purchase", 0, Measure.Value, 0.5) { Dimension = "depth" },
        new EventTerm("complaint", 30, Measure.Count, -40) { Dimension = "support" },
        new ActiveDaysTerm(30, 5) { Dimension = "depth" },
        new RecencyTerm([new(0, 10), new(3, 5), new(50, -5)], 0, 1) { Dimension = "frequency" },
        new RecencyTerm([], 30, 20) { Dimension = "support" },
        new RecencyTerm([], 30, 15) { Dimension = "support", EventType = "purchase" },
        new RecencyTerm([new(0, 10), new(20, -7)], 0, 1) { Dimension = "frequency", EventType = "complaint" },
        new AttributeTerm("plan", ["pro"], [], 10) { Dimension = "depth" },
        new FeatureTerm(["search"], FeatureMeasure.Distinct, 20, 3) { Dimension = "support" }
    ) with
    {
        Dimensions = [new("frequency", "", 25), new("depth", ""), new("support", "", 15)],
        Floor = -5,
        Ceiling = 60,
        GraceDays = 20,
    };

    private static readonly Lazy<Population> Large = new(Populate);

    /// <summary>The days on which each row had events.</summary>
    private static readonly Lazy<ILookup<int, int>> ActiveDays = new(() =>
        Events().DistinctBy(e => (e.Row, e.At.UtcDay)).ToLookup(e => e.Row, e => e.At.UtcDay)
    );

    [Theory]
    [InlineData("")]
    [InlineData("plan = \"pro\"")]
    [InlineData("plan = \"pro\" AND country = \"c-7\"")]
    [InlineData("plan = \"pro\" AND city = \"y-300\"")]
    [InlineData("city = \"y-299\" AND street = \"s-39431\"")]
    [InlineData("street = \"s-1\" AND country = \"c-1\" AND plan = \"free\"")]
    [InlineData("city = \"nowhere\"")]
    public void A_segment_is_what_scoring_its_members_one_by_one_gives(string filter) =>
        AssertIsWhatItsMembersGive(filter, Model);

    [Theory]
    [InlineData("")]
    [InlineData("plan = \"pro\" AND country = \"c-7\"")]
    public void So_it_is_where_caps_limit_some_of_the_members(string filter) =>
        AssertIsWhatItsMembersGive(filter, CappedModel);

    [Theory]
    [InlineData(0.5)]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(40)]
    [InlineData(2_000)]
    public void So_it_is_once_what_caps_limited_has_decayed(double days) =>
        AssertIsWhatItsMembersGive("", CappedModel, Samples.DaysAgo(-days));

    [Theory]
    [InlineData("", 0)]
    [InlineData("plan = \"pro\" AND country = \"c-7\"", 0)]
    [InlineData("", 0.6)]
    [InlineData("", 3)]
    [InlineData("", 25)]
    [InlineData("", 400)]
    [InlineData("", 60_000)]
    public void So_it_is_where_dimensions_and_the_total_are_limited_and_days_go_by(string filter, double days) =>
        AssertIsWhatItsMembersGive(filter, LimitedModel, Samples.DaysAgo(-days));

    [Fact]
    public void So_it_is_in_whatever_order_of_days_it_is_read_and_after_it_was_made_ready_again()
    {
        var model = LimitedModel with { Name = "again" };
        foreach (var days in (double[])[0, 1.7, 1.7, 0.6, 5, 5, 5, 40, 40, 2])
        {
            AssertIsWhatItsMembersGive("", model, Samples.DaysAgo(-days), isPresent: true);
        }
    }

    [Fact]
    public void Points_are_those_of_the_terms_whether_caps_limit_them_or_not()
    {
        var scores = Enumerable.Range(0, 500).Select(row => Large.Value.Score(row, CappedModel, Samples.Noon)).ToList();
        Assert.All(
            scores,
            score =>
                Assert.Equal(
                    score.Contributions.Sum(c => c.Points) + (score.Adjustment?.Points ?? 0),
                    score.Points,
                    tolerance: 1e-9
                )
        );
        Assert.Contains(scores, score => score.Adjustment is not null);
        Assert.Contains(scores, score => score.Contributions.Any(c => c.Capped));
        Assert.Contains(scores, score => score.Contributions.All(c => !c.Capped));
    }

    [Fact]
    public void So_it_is_however_often_and_in_whatever_order_of_instants_it_is_read()
    {
        foreach (var days in (double[])[0, 0, 1, 1, 1, 5, 5, 2, 0, 60, 60, 5, 2_000, 2_000, 0.5])
        {
            AssertIsWhatItsMembersGive("", CappedModel, Samples.DaysAgo(-days));
        }
    }

    [Fact]
    public void Once_many_are_no_longer_limited_a_population_wants_to_be_made_ready_again()
    {
        var (population, model) = (Populate(), CappedModel with { Name = "limited" });
        var query = new SegmentQuery { Workspace = "default" };
        population.MakeReadyToTally(model);
        Assert.True(population.CanTally(model));
        var future = Samples.DaysAgo(-1_000);
        _ = population.Tally(query with { ReadTime = future }, model, future);
        Assert.True(population.CanTally(model));
        _ = population.Tally(query, model, Samples.DaysAgo(-5));
        Assert.False(population.CanTally(model));
        population.MakeReadyToTally(model);
        Assert.True(population.CanTally(model));
        _ = population.Tally(query, model, Samples.DaysAgo(-5));
        Assert.True(population.CanTally(model));
    }

    [Fact]
    public void Customers_whose_scores_are_adjusted_do_not_make_columns_stale()
    {
        var (population, model) = (new Population(Samples.Workspace), Model with { Name = "adjusted" });
        for (var row = 0; row < 1_000; row++)
        {
            population.Record(Id(row), "visit", Samples.Noon);
            Assert.True(Adjust(population, row, model.Name, days: null));
        }

        population.MakeReadyToTally(model);
        _ = population.Tally(new() { Workspace = "default" }, model, Samples.DaysAgo(-5));

        Assert.True(population.CanTally(model));
    }

    private static bool Adjust(Population population, int row, string model, double? days) =>
        population.Adjust(
            row,
            model,
            new(
                model,
                row % 2 == 0 ? AdjustmentKind.Add : AdjustmentKind.Set,
                row % 70,
                "because",
                "ada",
                Samples.DaysAgo(1),
                days is { } left ? Samples.DaysAgo(-left) : null
            ),
            Samples.DaysAgo(1)
        );

    private static void AssertIsWhatItsMembersGive(
        string filter,
        ScoringModel model,
        Instant? at = null,
        bool isPresent = false
    )
    {
        var population = Large.Value;
        var readTime = at ?? Samples.Noon;
        if (isPresent)
        {
            // What is read as of now makes rows ready again once many are stale.
            _ = population.Tally(new() { Workspace = "default" }, model, readTime);
        }
        var query = new SegmentQuery
        {
            Workspace = "default",
            Filter = Filter.Parse(filter),
            Percentiles = [0, 50, 100],
            Top = 5,
            Bottom = 7,
            EventTotals = true,
        };
        var statistics = SegmentTally.Summarize([population.Tally(query, model, readTime)], query, model, readTime);

        var rows = Enumerable
            .Range(0, Customers)
            .Where(row => query.Filter.Clauses!.All(c => Attribute(row, c.Key) == c.Value))
            .ToList();
        var members = rows.Select(row => population.Score(row, model, readTime)).ToList();
        Assert.Equal(members.Count, statistics.Customers);
        if (members.Count == 0)
        {
            Assert.Null(statistics.Mean);
            return;
        }
        Assert.Equal(members.Min(m => m.Score), statistics.Min);
        Assert.Equal(members.Max(m => m.Score), statistics.Max);
        Assert.Equal(members.Average(m => m.Score), statistics.Mean!.Value, 1e-9);
        Assert.Equal(
            model.Bands.Select(b => (long)members.Count(m => m.Band == b.Name)),
            statistics.Bands.Select(b => b.Customers)
        );
        AssertRanks(members, statistics);
        Assert.Equal(
            Enum.GetValues<Lifecycle>().Select(stage => (stage, (long)members.Count(m => m.Lifecycle == stage))),
            statistics.Lifecycles.Select(l => (l.Lifecycle, l.Customers))
        );
        foreach (var total in statistics.EventTotals)
        {
            var having = members
                .Where(m => m.Contributions.Any(c => c.Term is EventTerm of && of.EventType == total.EventType))
                .ToList();
            Assert.Equal(having.Count, total.Customers);
        }
        long Active(int days) =>
            members.Count(m => m.LastEventTime is { } last && readTime.UtcDay - last.UtcDay < days);
        var complete = rows.Select(row =>
                ActiveDays.Value[row].Count(day => day >= readTime.UtcDay - 30 && day < readTime.UtcDay)
            )
            .Where(days => days > 0)
            .ToList();
        Assert.Equal(
            new Activity(Active(1), Active(7), Active(30), complete.Count, complete.Sum()),
            statistics.Activity
        );
    }

    private static void AssertRanks(List<CustomerScore> members, SegmentStatistics statistics)
    {
        var byId = members.OrderBy(m => m.CustomerId, StringComparer.Ordinal).ToList();
        Assert.Equal(
            byId.OrderByDescending(m => m.Score).Take(5).Select(m => (m.CustomerId, m.Score)),
            statistics.Top.Select(r => (r.CustomerId, r.Score))
        );
        Assert.Equal(
            byId.OrderBy(m => m.Score).Take(7).Select(m => (m.CustomerId, m.Score)),
            statistics.Bottom.Select(r => (r.CustomerId, r.Score))
        );
    }

    private static Population Populate()
    {
        var population = new Population(
            Samples.Workspace with
            {
                Lifecycle = new() { EndingEventTypes = ["complaint"], ReturningEventTypes = ["purchase"] },
            }
        );
        for (var row = 0; row < Customers; row++)
        {
            // Values that nobody has any more: with them there are too many for two bytes.
            population.Upsert(Id(row), ("street", $"former-{row}"));
        }
        for (var row = 0; row < Customers; row++)
        {
            population.Upsert(
                Id(row),
                [.. ((string[])["plan", "country", "city", "street"]).Select(key => (key, Attribute(row, key)))]
            );
        }
        foreach (var (row, type, at, value) in Events())
        {
            population.Record(Id(row), type, at, value: value);
        }
        for (var row = 5; row < Customers; row += 97)
        {
            Assert.True(Adjust(population, row, Model.Name, days: row % 3 == 0 ? null : row % 50));
        }
        return population;
    }

    private static IEnumerable<(int Row, string Type, Instant At, double Value)> Events()
    {
        var random = new Random(3);
        for (var i = 0; i < Customers; i++)
        {
            var at = Samples.DaysAgo(random.Next(60) + random.NextDouble());
            var type = random.Next(10) switch
            {
                0 => "complaint",
                < 4 => "purchase",
                _ => "visit",
            };
            yield return (random.Next(Customers), type, at, type == "purchase" ? random.Next(100) : 1);
        }
    }

    // Many have the same score, 0, so ids decide; some of them sort differently in UTF-8 and UTF-16.
    private static string Id(int row) =>
        (row % 3) switch
        {
            0 => $"c-{row}",
            1 => $"\uFF5E-{row}",
            _ => $"\U0001F600-{row}",
        };

    // One, two and four bytes a row.
    private static string Attribute(int row, string key) =>
        key switch
        {
            "plan" => row % 3 == 0 ? "pro" : "free",
            "country" => $"c-{row % 11}",
            "city" => row % 2 == 0 ? "" : $"y-{row % 301}",
            _ => $"s-{row}",
        };
}
