using System.Buffers.Text;
using System.Text;
using Scoring.Core.Facts;
using Scoring.Core.Models;
using Scoring.Core.Populations;
using Scoring.Core.Recording;
using Scoring.Core.Segments;
using Scoring.Core.Time;
using Scoring.Core.Workspaces;

namespace Scoring.Benchmarks;

/// <summary>What all benchmarks record: events of 8 types, about 88 bytes each, spread evenly over many customers in no order.</summary>
internal sealed class Workload(int customers)
{
    public const int BatchSize = 1_000;

    public static readonly string[] Types =
    [
        "page_view",
        "session_start",
        "message_sent",
        "file_shared",
        "invite_sent",
        "report_run",
        "purchase",
        "support_ticket",
    ];

    public static readonly WorkspaceSettings Settings = new() { Name = WorkspaceSettings.DefaultName };

    public static readonly Instant Now = Instant.From(new DateTimeOffset(2026, 6, 1, 12, 0, 0, TimeSpan.Zero));

    /// <summary>Both half-lives and the lifetime quantity count, one term is capped.</summary>
    public static readonly ScoringModel Model = new()
    {
        Name = "engagement",
        Version = 1,
        TargetPoints = 100,
        Terms =
        [
            .. Types.Select((type, i) => new EventTerm(type, i % 2 == 0 ? 7 : 30, Measure.Count, 1 + i)),
            new EventTerm("purchase", 0, Measure.Count, 0.5),
            new EventTerm("support_ticket", 7, Measure.Count, -4, Cap: 5),
        ],
        Bands =
        [
            new("churn_risk", "Churn risk", Engagement.NotEngaged, 0, UpperEndIncluded: false),
            new("disengaged", "Disengaged", Engagement.NotEngaged, 40, UpperEndIncluded: true),
            new("somewhat_engaged", "Somewhat engaged", Engagement.SomewhatEngaged, 70, UpperEndIncluded: true),
            new("highly_engaged", "Highly engaged", Engagement.Engaged, 100, UpperEndIncluded: true),
            new("power_user", "Power user", Engagement.Engaged, null, UpperEndIncluded: false),
        ],
    };

    /// <summary>Asks for all that can be asked for.</summary>
    public static readonly SegmentQuery Everything = new()
    {
        Workspace = "",
        Percentiles = [5, 25, 50, 75, 95],
        Top = 10,
        Bottom = 10,
        EventTotals = true,
    };

    private static readonly byte[][] TypeNames = [.. Types.Select(Encoding.UTF8.GetBytes)];

    private readonly Random _random = new(1);
    private long _events;

    public int Customers => customers;

    /// <summary>The next events, of customers drawn at random.</summary>
    public EventBatch Next(int events = BatchSize) =>
        Batch(events, _ => (_random.Next(customers), _random.Next(Types.Length)));

    /// <summary>Batches in which every customer has one event of every type, type by type.</summary>
    public IEnumerable<EventBatch> EveryType()
    {
        for (var type = 0; type < Types.Length; type++)
        {
            for (var first = 0; first < customers; first += BatchSize)
            {
                yield return Batch(Math.Min(BatchSize, customers - first), i => (first + i, type));
            }
        }
    }

    /// <summary>A population in which every customer has had events of every type, an account of 10,000 members and three attributes.</summary>
    public Population Populate()
    {
        var population = new Population(Settings);
        foreach (var batch in EveryType())
        {
            using (batch)
            {
                foreach (var item in batch)
                {
                    population.Record(item, Population.BeginLookup(item.CustomerId), Now, out _);
                }
                population.Settle();
            }
        }
        return population;
    }

    /// <summary>Three attributes for every customer; a filter on all three leaves a third.</summary>
    public IEnumerable<CustomerUpdate> Attributes() =>
        Enumerable
            .Range(0, customers)
            .Select(i => new CustomerUpdate(
                $"customer-{i:D8}",
                $"account-{i / 10_000}",
                [
                    new("plan", i % 3 == 0 ? "free" : "paid"),
                    new("country", i % 4 == 0 ? "de" : "us"),
                    new("persona", i % 3 == 1 && i % 4 == 0 ? "admin" : "member"),
                ]
            ));

    public const string ThreeClauses = "plan = \"paid\" AND country = \"us\" AND persona = \"member\"";

    /// <summary>Applies batches as the engine does: what a few events will touch is asked for before the first of them is applied.</summary>
    public static void Apply(IReadOnlyList<EventBatch> batches, Population population)
    {
        const int together = 32;
        Span<CustomerLookup> customers = stackalloc CustomerLookup[together];
        foreach (var batch in batches)
        {
            var events = batch.GetEnumerator();
            for (var left = batch.Count; left > 0; left -= together)
            {
                var lookups = customers[..Math.Min(left, together)];
                var ahead = events;
                foreach (ref var lookup in lookups)
                {
                    ahead.MoveNext();
                    lookup = Population.BeginLookup(ahead.CurrentCustomerId);
                }
                population.Prefetch(lookups);
                foreach (var lookup in lookups)
                {
                    events.MoveNext();
                    population.Record(events.Current, lookup, Now, out _);
                }
            }
            population.Settle();
        }
    }

    private EventBatch Batch(int events, Func<int, (int Customer, int Type)> choose)
    {
        var batch = new EventBatch(Settings.Name, events * 96);
        Span<byte> customerId = stackalloc byte[17];
        Span<byte> eventId = stackalloc byte[20];
        "customer-"u8.CopyTo(customerId);
        "evt-"u8.CopyTo(eventId);
        for (var i = 0; i < events; i++)
        {
            var (customer, type) = choose(i);
            Utf8Formatter.TryFormat(customer, customerId[9..], out _, new('D', 8));
            Utf8Formatter.TryFormat(_events++, eventId[4..], out _, new('D', 16));
            batch.Add(
                new EventRecord
                {
                    Index = i,
                    CustomerId = customerId,
                    EventId = eventId,
                    Type = TypeNames[type],
                    Value = 1,
                    OccurredAt = Now - TimeSpan.FromSeconds(_random.Next(86_400)),
                }
            );
        }
        return batch;
    }
}
