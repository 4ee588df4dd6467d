using System.Buffers;
using System.Text;
using Scoring.Core.Accounts;
using Scoring.Core.Facts;
using Scoring.Core.Models;
using Scoring.Core.Populations;
using Scoring.Core.Recording;
using Scoring.Core.Segments;
using Scoring.Core.Tests.Oracle;

namespace Scoring.Core.Tests.Populations;

/// <summary>Hosts that keep customers apart and send their stored forms about come to what one population comes to.</summary>
public sealed class SeparateCustomersSpecs
{
    [Fact]
    public void A_customer_that_is_stored_after_every_event_has_the_score_and_the_stored_form_that_it_has_in_a_population() =>
        Scenario.ForAll(scenario =>
        {
            var population = scenario.Populate();
            var open = new OpenCustomer(scenario.Settings);

            foreach (var (id, stored) in StoredApart(scenario, open))
            {
                open.Open(stored);
                var row = population.Find(id);
                Assert.Equal(population.NewestEventOf(row), open.NewestEvent);
                Assert.Equivalent(
                    population.Score(row, scenario.Model, scenario.ReadTime),
                    open.Score(scenario.Model, scenario.ReadTime),
                    strict: true
                );
                Assert.Equal(Written(target => population.Write(row, target)), stored);
            }
        });

    [Fact]
    public void Attributes_are_set_and_removed_as_in_a_population()
    {
        var (population, open) = (new Population(Samples.Workspace), new OpenCustomer(Samples.Workspace));
        open.OpenNew("a");
        CustomerUpdate[] updates =
        [
            new("a", "acme", [new("plan", "pro"), new("country", "nl")]),
            new("a", "", [new("plan", "free"), new("country", ""), new("unknown", "")]),
            new("a", "globex", [new("tier", "gold")]),
        ];
        var (early, late) = (Samples.DaysAgo(9), Samples.DaysAgo(2));
        foreach (var (update, at) in updates.Zip([late, late, early]))
        {
            population.Upsert(update, at, 0, out _);
            open.Upsert(update, at);
        }
        Assert.Equal("acme", open.Score(Model, Samples.Noon).AccountId);

        Assert.Equal(Written(target => population.Write(0, target)), Written(open.Write));
    }

    [Fact]
    public void A_population_of_stored_forms_that_came_again_and_again_answers_as_the_one_they_came_from() =>
        Scenario.ForAll(scenario =>
        {
            var population = scenario.Populate();
            var copy = new Population(scenario.Settings);
            var open = new OpenCustomer(scenario.Settings);
            foreach (var part in (int[])[scenario.Events.Count / 2, scenario.Events.Count])
            {
                // Columns are there already when customers are replaced.
                Tally(copy, scenario);
                var events = scenario with { Events = [.. scenario.Events.Take(part)] };
                foreach (var stored in StoredApart(events, open).Values)
                {
                    copy.Put(stored);
                }
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
    public void What_is_replaced_leaves_its_attributes_and_its_account()
    {
        var population = new Population(Samples.Workspace);
        var open = new OpenCustomer(Samples.Workspace);
        open.OpenNew("a");
        open.Upsert(new CustomerUpdate("a", "acme", [new("plan", "pro"), new("country", "nl")]), Samples.DaysAgo(2));
        population.Put(Written(open.Write));
        open.Upsert(new CustomerUpdate("a", "globex", [new("plan", ""), new("country", "de")]), Samples.DaysAgo(1));
        population.Put(Written(open.Write));

        var score = population.Score("a", Model);
        Assert.Equal(("globex", 1), (score.AccountId, population.Count));
        Assert.Equal([new("country", "de")], score.Attributes);
        Assert.Equal(0, population.TallyAccount("acme", Model, 30, Samples.Noon).Customers);
    }

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
            var there = SegmentTally.Summarize(
                [.. parts.Select(part => SegmentTally.Read(Written(Tally(part, scenario).Write), Query))],
                Query,
                scenario.Model,
                scenario.ReadTime
            );

            AssertSame(here, there);
            foreach (var mostScores in (int[])[0, 2, 1_000])
            {
                AssertSame(here, SentBriefly([.. parts.Select(part => Tally(part, scenario))], scenario, mostScores));
            }
            Assert.Equal(Health(parts, scenario), Health(parts, scenario, sent: true));
        });

    [Fact]
    public void What_is_no_tally_is_refused()
    {
        var population = new Population(Samples.Workspace);
        population.Record("a", "visit", Samples.Noon, feature: "search", account: "acme");
        var segment = Written(population.Tally(Query, Model, Samples.Noon).Write);
        var account = Written(population.TallyAccount("acme", Model, 30, Samples.Noon).Write);

        var brief = Written(target => population.Tally(Query, Model, Samples.Noon).WriteBriefly(target, mostScores: 0));

        foreach (var sent in (byte[][])[segment, brief])
        {
            foreach (var length in Enumerable.Range(0, sent.Length))
            {
                Assert.Throws<InvalidDataException>(() => SegmentTally.Read(sent.AsSpan(0, length), Query));
            }
        }
        foreach (var length in Enumerable.Range(0, account.Length))
        {
            Assert.Throws<InvalidDataException>(() => AccountTally.Read(account.AsSpan(0, length), Model));
        }
    }

    private static readonly ScoringModel Model = Samples.Model(new Term("visit", 0, Measure.Count, 1));

    private static readonly SegmentQuery Query = new()
    {
        Workspace = "default",
        Percentiles = [0, 33, 50, 100],
        Top = 2,
        Bottom = 2,
        EventTotals = true,
    };

    /// <summary>Every customer stored and opened again between its events.</summary>
    private static Dictionary<string, byte[]> StoredApart(Scenario scenario, OpenCustomer open)
    {
        var customers = new Dictionary<string, byte[]>();
        foreach (var e in scenario.Events)
        {
            if (customers.TryGetValue(e.Customer, out var stored))
            {
                open.Open(stored);
            }
            else
            {
                open.OpenNew(e.Customer);
            }
            open.Record(
                new EventRecord
                {
                    CustomerId = Encoding.UTF8.GetBytes(e.Customer),
                    AccountId = Encoding.UTF8.GetBytes(e.Account),
                    Type = Encoding.UTF8.GetBytes(e.Type),
                    Feature = Encoding.UTF8.GetBytes(e.Feature),
                    Value = e.Value,
                    OccurredAt = e.OccurredAt,
                },
                receivedAt: e.OccurredAt
            );
            customers[e.Customer] = Written(open.Write);
        }
        return customers;
    }

    private static SegmentStatistics SentBriefly(SegmentTally[] tallies, Scenario scenario, int mostScores)
    {
        SegmentTally[] read =
        [
            .. tallies.Select(tally =>
                SegmentTally.Read(Written(target => tally.WriteBriefly(target, mostScores)), Query)
            ),
        ];
        var wanted = SegmentTally.Wanted(read, Query, scenario.Model);
        Assert.Equal(read.Any(tally => tally.IsBrief), wanted is not null);
        foreach (var (tally, sent) in tallies.Zip(read).Where(pair => pair.Second.IsBrief))
        {
            sent.ReadPicked(Written(target => tally.WritePicked(wanted, target)));
        }
        Assert.Null(SegmentTally.Wanted(read, Query, scenario.Model));
        return SegmentTally.Summarize(read, Query, scenario.Model, scenario.ReadTime);
    }

    private static SegmentTally Tally(Population population, Scenario scenario) =>
        population.Tally(Query, scenario.Model, scenario.ReadTime);

    private static AccountHealth Health(Population[] parts, Scenario scenario, bool sent = false)
    {
        var query = new AccountHealthQuery("default", "acme", 30, "", scenario.ReadTime);
        var tallies = parts
            .Select(part => part.TallyAccount("acme", scenario.Model, 30, scenario.ReadTime))
            .Select(tally => sent ? AccountTally.Read(Written(tally.Write), scenario.Model) : tally);
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
