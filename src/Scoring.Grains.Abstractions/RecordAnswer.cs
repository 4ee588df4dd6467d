using Scoring.Core.Recording;

namespace Scoring.Grains;

/// <summary>What became of an event.</summary>
/// <param name="Result">The outcome; null when the customer has moved: then nothing was done.</param>
/// <param name="IsCrowded">Whether the grain's silo has as many customers active as it may: it lets go of this one at once.</param>
[GenerateSerializer, Alias("scoring.record-answer"), Immutable]
public sealed record RecordAnswer([property: Id(0)] WriteResult? Result, [property: Id(1)] bool IsCrowded = false)
{
    /// <summary>Whether the customer's partition is elsewhere: ask again.</summary>
    public bool IsMoved => Result is null;
}
