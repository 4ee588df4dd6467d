using Scoring.Core.Time;

namespace Scoring.Core.Tests.Oracle;

/// <summary>An event as the oracle keeps it.</summary>
public sealed record PastEvent(
    string Customer,
    string Account,
    string Type,
    double Value,
    string Feature,
    Instant OccurredAt
);
