using Scoring.Core.Time;

namespace Scoring.Core.History;

/// <summary>An event of the archive as others are given it.</summary>
/// <param name="CustomerId">The customer that it was recorded for, also when that was merged into another one since.</param>
/// <param name="EventType">What happened.</param>
/// <param name="OccurredAt">When it happened, exactly.</param>
/// <param name="ReceivedAt">When it was received, rounded up to a whole second.</param>
/// <param name="KnownAt">When it came to be known: of a past that was imported earlier than it was received. Rounded up to a whole second.</param>
/// <param name="Value">How much of it happened.</param>
/// <param name="Feature">The feature that was used; empty for none.</param>
/// <param name="AccountId">The account that the event named; empty for none.</param>
public readonly record struct ExportedEvent(
    string CustomerId,
    string EventType,
    Instant OccurredAt,
    Instant ReceivedAt,
    Instant KnownAt,
    double Value,
    string Feature,
    string AccountId
);
