using Scoring.Core.Time;

namespace Scoring.Backend.Specs;

/// <summary>One event, for writing tests down.</summary>
public sealed record Sample(
    string Customer,
    string? Id = null,
    string Type = "login",
    double Value = 1,
    Instant? At = null,
    string Feature = "",
    string Account = "",
    Instant? KnownAt = null
);
