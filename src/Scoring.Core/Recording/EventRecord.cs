using Scoring.Core.Time;

namespace Scoring.Core.Recording;

/// <summary>One event, its texts as UTF-8. A view: valid while the memory that it was read from is.</summary>
public readonly ref struct EventRecord
{
    /// <summary>The customer; never empty.</summary>
    public required ReadOnlySpan<byte> CustomerId { get; init; }

    /// <summary>What happened; never empty.</summary>
    public required ReadOnlySpan<byte> Type { get; init; }

    /// <summary>Identifies the event among those of its customer; empty means never taken for a duplicate.</summary>
    public ReadOnlySpan<byte> EventId { get; init; }

    /// <summary>The account that the customer belongs to from the event's time on; empty leaves it as it is.</summary>
    public ReadOnlySpan<byte> AccountId { get; init; }

    /// <summary>The feature that was used; empty for none. Not looked at where the type makes nobody active.</summary>
    public ReadOnlySpan<byte> Feature { get; init; }

    /// <summary>When it happened; null means the time of receipt.</summary>
    public Instant? OccurredAt { get; init; }

    /// <summary>When it came to be known, for one of a past that is imported; null means the time of receipt.</summary>
    public Instant? KnownAt { get; init; }

    /// <summary>How much of it happened; 1 when the sender gave none.</summary>
    public required double Value { get; init; }

    /// <summary>Place of the event in the batch that the caller sent, from 0.</summary>
    public int Index { get; init; }
}
