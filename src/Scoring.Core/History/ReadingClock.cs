using Scoring.Core.Time;

namespace Scoring.Core.History;

/// <summary>An instant of the past, and what is known of it.</summary>
/// <param name="Time">The instant.</param>
/// <param name="KnownAt">What was received later is left out; null for nothing.</param>
internal readonly record struct ReadingClock(Instant Time, Instant? KnownAt);
