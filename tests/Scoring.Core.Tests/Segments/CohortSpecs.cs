using FsCheck;
using FsCheck.Fluent;
using Scoring.Core.Facts;
using Scoring.Core.Filters;
using Scoring.Core.Models;
using Scoring.Core.Populations;
using Scoring.Core.Segments;

namespace Scoring.Core.Tests.Segments;

/// <summary>Event totals of a segment are those of its members, however they came to be its members.</summary>
public sealed class CohortSpecs
{
    private static readonly ScoringModel Model = Samples.Model(new EventTerm("login", 7, Measure.Count, 1));

    private static readonly string[] Filters =
    [
        "",
        "plan = \"pro\"",
        "plan = \"free\" AND country = \"de\"",
        "country = \"us\" AND country = \"us\"",
        "country = \"us\" AND country = \"de\"",
        "name = \"n-3\"",
        "plan = \"pro\" AND name = \"n-1\"",
    ];

    [Fact]
    public void Totals_are_those_of_the_members_whatever_happened_before() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(60),
            Prop.ForAll(
                Arb.From(Steps().ListOf()),
                steps =>
                {
                    var (population, history) = (new Population(Samples.Workspace), new History());
                    foreach (var step in steps)
                    {
                        step(population, history);
                    }
                    foreach (var filter in Filters)
                    {
                        history.AssertTotals(population, filter);
                    }
                }
            )
        );

    [Fact]
    public void Customers_with_more_different_attributes_than_there_are_cohorts_are_counted_too()
    {
        var (population, history) = (new Population(Samples.Workspace), new History());
        for (var customer = 0; customer < Cohorts.Most + 2_000; customer++)
        {
            var id = $"c-{customer}";
            history.Upsert(population, id, "plan", customer % 3 == 0 ? "pro" : "free");
            history.Upsert(population, id, "country", customer % 5 == 0 ? "de" : "us");
            history.Upsert(population, id, "x", $"x-{customer % 200}");
            history.Upsert(population, id, "y", $"y-{customer % 177}");
            history.Record(population, id, "login", customer % 7);
        }
        foreach (var filter in Filters.Append("x = \"x-17\" AND plan = \"pro\""))
        {
            history.AssertTotals(population, filter);
        }
        // Back into cohorts that there are.
        for (var customer = 0; customer < Cohorts.Most + 2_000; customer++)
        {
            history.Upsert(population, $"c-{customer}", "x", "");
            history.Upsert(population, $"c-{customer}", "y", "");
        }
        foreach (var filter in Filters)
        {
            history.AssertTotals(population, filter);
        }
    }

    [Fact]
    public void An_attribute_of_many_values_can_be_asked_for_as_well()
    {
        var (population, history) = (new Population(Samples.Workspace), new History());
        for (var customer = 0; customer < 1_000; customer++)
        {
            var id = $"c-{customer}";
            history.Upsert(population, id, "name", $"n-{customer / 2}");
            history.Upsert(population, id, "plan", customer % 3 == 0 ? "pro" : "free");
            history.Record(population, id, "login", 1);
            history.Record(population, id, "purchase", 0.1 * customer);
        }
        foreach (var filter in Filters.Append("name = \"n-499\"").Append("name = \"n-400\" AND plan = \"free\""))
        {
            history.AssertTotals(population, filter);
        }
    }

    [Fact]
    public void A_great_value_that_has_left_a_segment_takes_nothing_of_the_others_with_it()
    {
        var (population, history) = (new Population(Samples.Workspace), new History());
        foreach (var (customer, value) in new[] { ("whale", 1e12), ("small", 0.001), ("whale", 1 / 3.0) })
        {
            history.Upsert(population, customer, "plan", "pro");
            history.Record(population, customer, "purchase", value);
        }
        history.Upsert(population, "whale", "plan", "free");
        history.AssertTotals(population, "plan = \"pro\"");
        Assert.Equal(0.001, Statistics(population, "plan = \"pro\"").EventTotals.Single().Value);
    }

    private static Gen<Action<Population, History>> Steps() =>
        Gen.Frequency(
            (
                6,
                from customer in AnyCustomer
                from type in Gen.Elements("login", "purchase", "export")
                from value in Gen.Elements(1.0, 1, 1, 2.5, -3, 1e12, 0, 1 / 3.0)
                select (Action<Population, History>)((p, h) => h.Record(p, customer, type, value))
            ),
            (
                4,
                from customer in AnyCustomer
                from attribute in Gen.Elements(
                    ("plan", "pro"),
                    ("plan", "free"),
                    ("plan", ""),
                    ("country", "de"),
                    ("country", "us"),
                    ("name", "n-1"),
                    ("name", "n-3")
                )
                select (Action<Population, History>)((p, h) => h.Upsert(p, customer, attribute.Item1, attribute.Item2))
            )
        );

    private static Gen<string> AnyCustomer => Gen.Choose(1, 6).Select(i => $"c-{i}");

    private static SegmentStatistics Statistics(Population population, string filter)
    {
        var query = new SegmentQuery
        {
            Workspace = "default",
            Filter = Filter.Parse(filter),
            EventTotals = true,
        };
        return SegmentTally.Summarize([population.Tally(query, Model, Samples.Noon)], query, Model, Samples.Noon);
    }

    /// <summary>The same as plain lists.</summary>
    private sealed class History
    {
        private readonly Dictionary<string, Dictionary<string, string>> _attributes = [];
        private readonly List<(string Customer, string Type, double Value)> _events = [];

        public void Record(Population population, string customer, string type, double value)
        {
            population.Record(customer, type, Samples.DaysAgo(1), value);
            _attributes.TryAdd(customer, []);
            _events.Add((customer, type, value));
        }

        public void Upsert(Population population, string customer, string key, string value)
        {
            population.Upsert(customer, (key, value));
            _attributes.TryAdd(customer, []);
            _attributes[customer][key] = value;
        }

        public void AssertTotals(Population population, string filter)
        {
            var clauses = Filter.Parse(filter).Clauses!;
            var expected = _events
                .Where(e => clauses.All(c => _attributes[e.Customer].GetValueOrDefault(c.Key) == c.Value))
                .GroupBy(e => e.Type)
                .OrderBy(g => g.Key, StringComparer.Ordinal)
                .ToList();
            var actual = Statistics(population, filter).EventTotals;
            Assert.Equal(
                expected.Select(g => (g.Key, (long)g.Select(e => e.Customer).Distinct().Count(), (double)g.Count())),
                actual.Select(t => (t.EventType, t.Customers, (double)t.Count))
            );
            foreach (var (group, total) in expected.Zip(actual))
            {
                Assert.Equal(
                    group.Sum(e => e.Value),
                    total.Value,
                    tolerance: 1e-9 * Math.Max(1, group.Sum(e => Math.Abs(e.Value)))
                );
            }
        }
    }
}
