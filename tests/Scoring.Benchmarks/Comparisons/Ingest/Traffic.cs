namespace Scoring.Benchmarks.Comparisons.Ingest;

/// <summary>The events that every store is given: 8 types that the shipped model scores, accounts of 10,000 customers, three segments.</summary>
internal static class Traffic
{
    public const int BatchSize = 1_000;
    public const int AccountSize = 10_000;
    public const int Segments = 3;

    /// <summary>Event types with their weights, by which a store without models adds up scores.</summary>
    public static readonly (string Name, double Weight)[] Types =
    [
        ("session_started", 2.5),
        ("page_viewed", 0.05),
        ("feature_used", 0.45),
        ("message_sent", 0.6),
        ("content_created", 1),
        ("report_viewed", 0.4),
        ("purchase", 8),
        ("support_ticket_opened", -0.5),
    ];

    /// <summary>What stands in a template where <see cref="BatchTemplate"/> puts the digits of the event.</summary>
    public const string AnyEvent = "event-000000000000";

    /// <summary>The same of the customer.</summary>
    public const string AnyCustomer = "customer-00000000";

    /// <summary>The same of the customer's account.</summary>
    public const string AnyAccount = "account-0000";

    /// <summary>The same of the customer's segment, for stores that are told with every event.</summary>
    public const string AnySegment = "segment-0";

    /// <summary>The type of the event at a place in a batch.</summary>
    public static (string Name, double Weight) TypeAt(int place) => Types[place % Types.Length];

    public static string Event(long number) => $"event-{number:D12}";

    public static string Customer(int customer) => $"customer-{customer:D8}";

    public static string Account(int customer) => $"account-{customer / AccountSize:D4}";

    public static string Segment(int customer) => $"segment-{customer % Segments}";
}
