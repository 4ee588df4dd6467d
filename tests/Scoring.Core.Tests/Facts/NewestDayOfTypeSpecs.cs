using System.Buffers;
using Scoring.Core.Facts;
using Scoring.Core.Models;
using Scoring.Core.Populations;
using Scoring.Core.Tests.Oracle;
using Scoring.Core.Time;

namespace Scoring.Core.Tests.Facts;

/// <summary>The day of the newest event of a type: kept with its events, and not known of those that a build stored which did not keep it.</summary>
public sealed class NewestDayOfTypeSpecs
{
    public static TheoryData<string> Older => [OlderForms.WithoutUses, OlderForms.WithoutDays];

    private static readonly ScoringModel Model = Samples.Model(
        new RecencyTerm([new(0, 10), new(3, 5)], 0, 1) { EventType = "purchase" }
    );

    [Fact]
    public void It_is_that_of_all_events_of_the_type_in_whatever_order_they_came_and_comes_back_from_the_store() =>
        Scenario.ForAll(scenario =>
        {
            var population = scenario.Populate();
            var copy = new Population(scenario.Settings);
            foreach (var customer in scenario.Oracle.Customers)
            {
                var stored = Stored(population, population.Find(customer));
                var expected = scenario
                    .Events.Where(e => e.Customer == customer)
                    .GroupBy(e => e.Type)
                    .OrderBy(e => e.Key, StringComparer.Ordinal)
                    .Select(of => (of.Key, (int?)of.Max(e => NaiveOracle.Day(e.OccurredAt))));
                Assert.Equal(expected, DaysOf(population, population.Find(customer), scenario.ReadTime));
                Assert.Equal(expected, DaysOf(copy, copy.Load(stored), scenario.ReadTime));
            }
        });

    [Theory]
    [MemberData(nameof(Older))]
    public void Of_events_that_an_older_build_stored_it_is_not_known_and_brings_nothing(string older)
    {
        var population = Load(older);

        Assert.Equal([("purchase", null), ("visit", null)], DaysOf(population, 0, Samples.Noon));
        Assert.Empty(population.Score("c-1", Model).Contributions);
        Assert.Null(population.NextChange(0, Model, Samples.Noon));
        Assert.Equal([("purchase", null), ("visit", null)], DaysOf(Again(population), 0, Samples.Noon));
    }

    [Theory]
    [InlineData(2, false)]
    [InlineData(1, true)]
    public void Of_a_customer_that_another_is_merged_into_it_is_known_where_it_is_surely_the_newest(
        int daysAgo,
        bool isKnown
    )
    {
        // The customer had events until yesterday, of which the days by type are not known.
        var population = Load(OlderForms.WithoutDays);
        var other = new Population(Samples.Workspace);
        other.Record("c-2", "purchase", Samples.DaysAgo(daysAgo));

        population.Adopt("c-1", Stored(other, 0), Samples.Noon);

        int? expected = isKnown ? Samples.DaysAgo(daysAgo).UtcDay : null;
        Assert.Equal([("purchase", expected), ("visit", null)], DaysOf(population, 0, Samples.Noon));
    }

    [Theory]
    [MemberData(nameof(Older))]
    public void It_becomes_known_by_an_event_that_is_surely_the_newest_and_by_no_other(string older)
    {
        var population = Load(older);
        // Perhaps there were newer ones: the customer had events until yesterday.
        population.Record("c-1", "purchase", Samples.DaysAgo(2));
        Assert.Equal([("purchase", null), ("visit", null)], DaysOf(population, 0, Samples.Noon));

        population.Record("c-1", "purchase", Samples.DaysAgo(1.2));
        var yesterday = Samples.DaysAgo(1).UtcDay;
        Assert.Equal([("purchase", yesterday), ("visit", null)], DaysOf(population, 0, Samples.Noon));
        Assert.Equal(10, population.Score("c-1", Model).Points);
        Assert.Equal([("purchase", yesterday), ("visit", null)], DaysOf(Again(population), 0, Samples.Noon));

        population.Record("c-1", "visit", Samples.Noon);
        population.Record("c-1", "purchase", Samples.DaysAgo(3));
        population.Record("c-1", "signup", Samples.DaysAgo(9));
        Assert.Equal(
            [("purchase", yesterday), ("signup", Samples.DaysAgo(9).UtcDay), ("visit", Samples.Noon.UtcDay)],
            DaysOf(population, 0, Samples.Noon)
        );
    }

    [Fact]
    public void Events_beyond_those_that_are_counted_change_the_day_and_nothing_else()
    {
        var full = SeriesView.WordOf(SeriesView.MaxEventType, SeriesView.MaxCount, newestDay: 10);

        var series = new SeriesView([SeriesView.WithEvent(full, day: 19, Samples.Noon)], stride: 1);

        Assert.Equal(
            (SeriesView.MaxEventType, false, SeriesView.MaxCount, 20),
            (series.EventType, series.HasValues, series.Count, series.NewestDay)
        );
    }

    private static Population Load(string stored)
    {
        var population = new Population(Samples.Workspace);
        population.Load(Convert.FromHexString(stored));
        return population;
    }

    private static Population Again(Population population) => Load(Convert.ToHexString(Stored(population, 0)));

    private static byte[] Stored(Population population, int row)
    {
        var buffer = new ArrayBufferWriter<byte>();
        population.Write(row, buffer);
        return buffer.WrittenSpan.ToArray();
    }

    private static IEnumerable<(string Type, int? Day)> DaysOf(Population population, int row, Instant at) =>
        population.Describe(row, at).Events.Select(of => (of.EventType, of.LastDay));
}
