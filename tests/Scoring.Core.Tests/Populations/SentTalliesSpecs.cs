using System.Buffers;
using System.Text.Json;
using Scoring.Core.Accounts;
using Scoring.Core.Facts;
using Scoring.Core.Models;
using Scoring.Core.Populations;
using Scoring.Core.Segments;
using Scoring.Core.Tests.Oracle;

namespace Scoring.Core.Tests.Populations;

/// <summary>Populations that were stored, and tallies that were sent, come to what they came to before.</summary>
public sealed class SentTalliesSpecs
{
    [Fact]
    public void A_population_of_stored_forms_answers_as_the_one_they_came_from() =>
        Scenario.ForAll(scenario =>
        {
            var population = scenario.Populate();
            var copy = new Population(scenario.Settings);
            // Columns are there already when customers come.
            Tally(copy, scenario);
            for (var row = 0; row < population.Count; row++)
            {
                copy.Load(Written(target => population.Write(row, target)));
            }

            var expected = SegmentTally.Summarize(
                [Tally(population, scenario)],
                Query,
                scenario.Model,
                scenario.ReadTime
            );
            var actual = SegmentTally.Summarize([Tally(copy, scenario)], Query, scenario.Model, scenario.ReadTime);
            AssertSame(expected, actual);
            Assert.Equal(Health([population], scenario), Health([copy], scenario));
        });

    [Fact]
    public void Tallies_that_were_sent_sum_up_as_those_that_were_not() =>
        Scenario.ForAll(scenario =>
        {
            Population[] parts =
            [
                .. Enumerable
                    .Range(0, 3)
                    .Select(part => scenario.Populate(scenario.Events.Where(e => e.Customer[^1] % 3 == part))),
            ];

            var here = SegmentTally.Summarize(
                [.. parts.Select(part => Tally(part, scenario))],
                Query,
                scenario.Model,
                scenario.ReadTime
            );
            foreach (var mostScores in (int[])[0, 2, int.MaxValue])
            {
                var there = SegmentTally.Summarize(
                    [.. parts.Select(part => Sent([Tally(part, scenario)], scenario.Model, mostScores))],
                    Query,
                    scenario.Model,
                    scenario.ReadTime
                );
                AssertSame(here, there);
            }
            Assert.Equal(Health(parts, scenario), Health(parts, scenario, sent: true));
        });

    [Fact]
    public void What_is_no_tally_is_refused()
    {
        var population = new Population(Samples.Workspace);
        for (var i = 0; i < 800; i++)
        {
            population.Record($"{i}", "visit", Samples.Noon, feature: "search", account: "acme");
        }
        var account = population.TallyAccount("acme", Model, 30, Samples.Noon).Write();

        foreach (var mostScores in (int[])[0, int.MaxValue])
        {
            SegmentTally[] tallies = [population.Tally(Query, Model, Samples.Noon)];
            var sent = Written(target => SegmentTally.Write(tallies, Query, Model, mostScores, target));
            Assert.Equal(mostScores == 0 ? 7 : 6, sent[0]);
            foreach (var length in Enumerable.Range(0, sent.Length))
            {
                Assert.Throws<InvalidDataException>(() => SegmentTally.Read(sent.AsSpan(0, length), Query));
            }
        }
        foreach (var length in Enumerable.Range(0, account.Length))
        {
            Assert.Throws<JsonException>(() => AccountTally.Read(account.AsSpan(0, length)));
        }
    }

    private static readonly ScoringModel Model = Samples.Model(new EventTerm("visit", 0, Measure.Count, 1));

    private static readonly SegmentQuery Query = new()
    {
        Workspace = "default",
        Percentiles = [0, 33, 50, 100],
        Top = 2,
        Bottom = 2,
        EventTotals = true,
    };

    private static SegmentTally Sent(SegmentTally[] tallies, ScoringModel model, int mostScores) =>
        SegmentTally.Read(Written(target => SegmentTally.Write(tallies, Query, model, mostScores, target)), Query);

    private static SegmentTally Tally(Population population, Scenario scenario) =>
        population.Tally(Query, scenario.Model, scenario.ReadTime);

    private static AccountHealth Health(Population[] parts, Scenario scenario, bool sent = false)
    {
        var query = new AccountHealthQuery("default", "acme", 30, "", scenario.ReadTime);
        var tallies = parts
            .Select(part => part.TallyAccount("acme", scenario.Model, 30, scenario.ReadTime))
            .Select(tally => sent ? AccountTally.Read(tally.Write()) : tally);
        var health = AccountTally.Summarize(
            [.. tallies],
            null,
            query,
            scenario.Model,
            scenario.Settings,
            scenario.ReadTime
        );
        // Records compare lists by reference.
        Assert.Equal(scenario.Model.Bands.Count, health.Bands.Count);
        return health with { Bands = [], Attributes = [] };
    }

    private static byte[] Written(Action<IBufferWriter<byte>> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        write(buffer);
        return buffer.WrittenSpan.ToArray();
    }

    private static void AssertSame(SegmentStatistics expected, SegmentStatistics actual)
    {
        Assert.Equal(
            (expected.Customers, expected.Min, expected.Max, expected.Activity, expected.EngagementIndex),
            (actual.Customers, actual.Min, actual.Max, actual.Activity, actual.EngagementIndex)
        );
        var scale = 1e-9 * Math.Max(1, Math.Max(Math.Abs(expected.Min!.Value), Math.Abs(expected.Max!.Value)));
        Assert.Equal(expected.Mean!.Value, actual.Mean!.Value, scale);
        Assert.Equal(expected.StandardDeviation!.Value, actual.StandardDeviation!.Value, scale);
        Assert.Equal(expected.Percentiles, actual.Percentiles);
        Assert.Equal(expected.Histogram, actual.Histogram);
        Assert.Equal(expected.Bands, actual.Bands);
        Assert.Equal(expected.Top, actual.Top);
        Assert.Equal(expected.Bottom, actual.Bottom);
        Assert.Equal(
            expected.EventTotals.Select(t => (t.EventType, t.Customers, t.Count)),
            actual.EventTotals.Select(t => (t.EventType, t.Customers, t.Count))
        );
        Assert.All(
            expected.EventTotals.Zip(actual.EventTotals),
            pair =>
                Assert.Equal(pair.First.Value, pair.Second.Value, 1e-9 * Math.Max(1, Math.Abs(pair.First.Value) + 1e6))
        );
    }
}
