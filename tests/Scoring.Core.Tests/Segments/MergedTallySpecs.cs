using System.Buffers;
using System.Text;
using Scoring.Core.Accounts;
using Scoring.Core.Facts;
using Scoring.Core.Models;
using Scoring.Core.Populations;
using Scoring.Core.Recording;
using Scoring.Core.Segments;
using Scoring.Core.Workspaces;

namespace Scoring.Core.Tests.Segments;

/// <summary>Tallies that were sent or merged before they are summed up say what they said one by one.</summary>
public sealed class MergedTallySpecs
{
    private static readonly ScoringModel Model = Samples.Model(
        new EventTerm("visit", 7, Measure.Count, 3),
        new EventTerm("purchase", 0, Measure.Value, 0.5)
    );

    private static readonly WorkspaceSettings Workspace = new() { Name = "w" };

    private static SegmentQuery Query =>
        new()
        {
            Workspace = "w",
            Percentiles = [0, 1, 25, 50, 75, 99, 100],
            Top = 20,
            Bottom = 20,
            BottomWithoutChurned = true,
            EventTotals = true,
        };

    [Theory]
    [InlineData(0)]
    [InlineData(int.MaxValue)]
    public void Tallies_that_were_sent_as_one_give_the_same_statistics(int mostScores)
    {
        var populations = Populations(7, customers: 5_000);
        var expected = SegmentTally.Summarize(Tallies(populations), Query, Model, Samples.Noon);
        var tallies = Tallies(populations);

        var found = SegmentTally.Summarize(
            [Sent(tallies[..3], mostScores), Sent(tallies[3..5], mostScores), .. tallies[5..]],
            Query,
            Model,
            Samples.Noon
        );

        AssertSame(expected, found);
    }

    [Fact]
    public void Tallies_sent_as_one_tell_the_newest_event_of_all_and_who_was_left_out()
    {
        var populations = Populations(4, customers: 40);
        var newest = Tallies(populations).Max(tally => tally.NewestEvent);

        Assert.Equal(newest, Sent(Tallies(populations), mostScores: 0).NewestEvent);
        var ahead = Samples.DaysAgo(10);
        var expected = SegmentTally.Summarize(Some(), Query, Model, Samples.Noon).AheadCustomers;
        var found = SegmentTally.Summarize([Sent(Some(), mostScores: 0)], Query, Model, Samples.Noon);
        Assert.True(expected > 0);
        Assert.Equal(expected, found.AheadCustomers);

        SegmentTally[] Some() => [.. populations.Select(p => p.Tally(Query, Model, Samples.Noon, aheadFrom: ahead))];
    }

    [Fact]
    public void Nobody_sent_with_nobody_is_nobody()
    {
        Population[] nobody = [new(Workspace), new(Workspace)];

        var sent = Sent(Tallies(nobody), mostScores: 0);

        Assert.Equal(0, SegmentTally.Summarize([sent], Query, Model, Samples.Noon).Customers);
    }

    [Fact]
    public void Merged_tallies_of_an_account_give_the_same_health()
    {
        var populations = Populations(5, customers: 500);
        var query = new AccountHealthQuery("w", "acme", 30, "", null);
        var expected = Health(Tally());

        var found = Health([AccountTally.Merge(Tally()[..2]), AccountTally.Merge(Tally()[2..])]);

        Assert.True(expected.Depth.FeaturesUsed > 0);
        Assert.Equivalent(expected, found, strict: true);

        AccountTally[] Tally() =>
            [.. populations.Select(population => population.TallyAccount("acme", Model, 30, Samples.Noon))];

        AccountHealth Health(AccountTally[] tallies) =>
            AccountTally.Summarize(tallies, null, query, Model, Workspace, Samples.Noon);
    }

    private static void AssertSame(SegmentStatistics expected, SegmentStatistics found)
    {
        Assert.Equal((expected.Customers, expected.Activity), (found.Customers, found.Activity));
        Assert.Equal((expected.Min, expected.Max), (found.Min, found.Max));
        Assert.Equal(expected.Bands, found.Bands);
        Assert.Equal(expected.Histogram, found.Histogram);
        Assert.Equal(expected.Lifecycles, found.Lifecycles);
        Assert.Equal(expected.Percentiles, found.Percentiles);
        Assert.Equal(expected.Top, found.Top);
        Assert.Equal(expected.Bottom, found.Bottom);
        Assert.Equal(expected.Mean!.Value, found.Mean!.Value, 1e-9);
        Assert.Equal(expected.StandardDeviation!.Value, found.StandardDeviation!.Value, 1e-9);
        Assert.Equal(expected.EventTotals.Select(Whole), found.EventTotals.Select(Whole));
        Assert.All(
            expected.EventTotals.Zip(found.EventTotals),
            totals => Assert.Equal(totals.First.Value, totals.Second.Value, 6)
        );

        static (string, long, double) Whole(EventTypeTotal total) => (total.EventType, total.Customers, total.Count);
    }

    private static SegmentTally Sent(SegmentTally[] tallies, int mostScores)
    {
        var sent = new ArrayBufferWriter<byte>();
        SegmentTally.Write(tallies, Query, Model, mostScores, sent);
        return SegmentTally.Read(sent.WrittenSpan, Query);
    }

    private static SegmentTally[] Tallies(Population[] populations) =>
        [.. populations.Select(population => population.Tally(Query, Model, Samples.Noon))];

    private static Population[] Populations(int count, int customers)
    {
        var random = new Random(count * customers);
        return [.. Enumerable.Range(0, count).Select(number => Populate(number, customers, random))];
    }

    private static Population Populate(int number, int customers, Random random)
    {
        var population = new Population(Workspace);
        for (var i = 0; i < customers; i++)
        {
            var customer = Encoding.UTF8.GetBytes($"c-{number}-{random.Next(customers)}");
            population.Record(
                new EventRecord
                {
                    CustomerId = customer,
                    AccountId = random.Next(3) == 0 ? "acme"u8 : "other"u8,
                    Type = random.Next(2) == 0 ? "visit"u8 : "purchase"u8,
                    EventId = default,
                    Feature = Encoding.UTF8.GetBytes($"feature-{number}-{random.Next(4)}"),
                    OccurredAt = Samples.DaysAgo(random.NextDouble() * 100),
                    Value = random.NextDouble() * 100,
                    Index = i,
                },
                Population.BeginLookup(customer),
                Samples.Noon,
                out _
            );
        }
        population.Settle();
        return population;
    }
}
