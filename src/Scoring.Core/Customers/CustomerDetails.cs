using Scoring.Core.Adjustments;
using Scoring.Core.Lifecycles;
using Scoring.Core.Time;

namespace Scoring.Core.Customers;

/// <summary>All that is known of a customer.</summary>
/// <remarks>Events are not kept one by one: what stands here is what is kept of them.</remarks>
public sealed record CustomerDetails
{
    /// <summary>The customer.</summary>
    public required string CustomerId { get; init; }

    /// <summary>Its account; empty when it has none.</summary>
    public required string AccountId { get; init; }

    /// <summary>When the assignment to the account was made; null without an account.</summary>
    public Instant? AccountSince { get; init; }

    /// <summary>Its attributes, by key (ordinal).</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Attributes { get; init; }

    /// <summary>Where it stands at <see cref="ReadTime"/>.</summary>
    public required Lifecycle Lifecycle { get; init; }

    /// <summary>When the relationship ended; null when it did not, or was reopened since.</summary>
    public Instant? EndedAt { get; init; }

    /// <summary>When the relationship was reopened; null when it never was, or ended since.</summary>
    public Instant? ReturnedAt { get; init; }

    /// <summary>UTC day, from 1970-01-01 = 0, of the first event or of the first upsert, whichever is earlier.</summary>
    public required int FirstDay { get; init; }

    /// <summary>The newest event; null when there was none.</summary>
    public Instant? LastEvent { get; init; }

    /// <summary>Its events by type, by name (ordinal).</summary>
    public required IReadOnlyList<EventTypeFacts> Events { get; init; }

    /// <summary>The features that it used, by name (ordinal).</summary>
    public required IReadOnlyList<FeatureFacts> Features { get; init; }

    /// <summary>The UTC days that it was active on, rising: of the 192 up to the newest.</summary>
    public required IReadOnlyList<int> ActiveDays { get; init; }

    /// <summary>The ids of customers that were merged into this one, and that stand for it since, by id (ordinal).</summary>
    public IReadOnlyList<string> MergedIds { get; init; } = [];

    /// <summary>The manual adjustments of its scores, by name of the model (ordinal).</summary>
    public IReadOnlyList<ScoreAdjustment> Adjustments { get; init; } = [];

    /// <summary>The instant that lifecycle and decayed quantities hold for.</summary>
    public required Instant ReadTime { get; init; }
}

/// <summary>A customer's events of one type.</summary>
/// <param name="EventType">The event type.</param>
/// <param name="Count">How many there were.</param>
/// <param name="Value">Sum of their values; an event without one counts 1.</param>
/// <param name="Decayed">What is left of both by each half-life of the workspace, rising.</param>
/// <param name="LastDay">UTC day of the newest of them, from 1970-01-01 = 0; null when it is not known, because a build recorded them that did not keep it.</param>
public sealed record EventTypeFacts(
    string EventType,
    long Count,
    double Value,
    IReadOnlyList<DecayedFacts> Decayed,
    int? LastDay
);

/// <summary>What is left of a customer's events of one type by a half-life.</summary>
/// <param name="HalfLifeDays">The half-life in days.</param>
/// <param name="Count">The decayed number of events.</param>
/// <param name="Value">The decayed sum of their values.</param>
public sealed record DecayedFacts(int HalfLifeDays, double Count, double Value);

/// <summary>A customer's use of a feature.</summary>
/// <param name="Feature">The feature.</param>
/// <param name="LastDay">UTC day of the last use, from 1970-01-01 = 0.</param>
/// <param name="Uses">How often it was used.</param>
public sealed record FeatureFacts(string Feature, int LastDay, int Uses);
