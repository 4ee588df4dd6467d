using Scoring.Core.Time;

namespace Scoring.Core.History;

/// <summary>An event as a correction names it: the one that was recorded wrongly, or the one that takes its place.</summary>
/// <param name="EventType">What happened.</param>
/// <param name="OccurredAt">When it happened, exactly.</param>
/// <param name="Value">How much of it happened.</param>
/// <param name="Feature">The feature that was used; empty for none.</param>
/// <param name="AccountId">The account that it names; empty for none. An event that was recorded is known without it.</param>
public sealed record CorrectedEvent(
    string EventType,
    Instant OccurredAt,
    double Value = 1,
    string Feature = "",
    string AccountId = ""
)
{
    /// <summary>Whether an event that was recorded is this one.</summary>
    public bool Is(in PastEvent item) =>
        item.OccurredAt == OccurredAt
        && item.Value.Equals(Value)
        && item.EventType == EventType
        && item.Feature == Feature;
}
