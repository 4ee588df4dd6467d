using Scoring.Core.Time;

namespace Scoring.Core.History;

/// <summary>An event as the archive keeps it.</summary>
/// <param name="EventType">What happened.</param>
/// <param name="OccurredAt">When it happened, exactly.</param>
/// <param name="ReceivedAt">When it was received, rounded up to a whole second: what is told of the past never shows what was not known yet.</param>
/// <param name="Value">How much of it happened.</param>
/// <param name="Feature">The feature that was used; empty for none.</param>
/// <param name="AccountId">The account that the customer belongs to from the event's time on; empty when the event did not say.</param>
public readonly record struct PastEvent(
    string EventType,
    Instant OccurredAt,
    Instant ReceivedAt,
    double Value,
    string Feature,
    string AccountId
)
{
    /// <summary>How long before it was received it was known: of a past that was imported. Otherwise zero.</summary>
    public TimeSpan KnownBefore { get; init; }

    /// <summary>When it came to be known.</summary>
    public Instant KnownAt => ReceivedAt - KnownBefore;
}
