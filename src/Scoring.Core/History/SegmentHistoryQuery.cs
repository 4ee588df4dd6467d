using Scoring.Core.Segments;
using Scoring.Core.Time;

namespace Scoring.Core.History;

/// <summary>Asks for the statistics of a segment at instants of the past.</summary>
/// <param name="Query">Which customers, and what to tell of them; its read time is not looked at. A filter chooses at each instant those who met it then; conditions on accounts are those of now.</param>
/// <param name="Times">The instants, rising, 1 to <see cref="Limits.HistoryPoints"/>; none in the future.</param>
/// <param name="KnownAt">
/// What was received later is left out; null means that all that is known now counts: an event that came late counts from when it happened.
/// </param>
public sealed record SegmentHistoryQuery(SegmentQuery Query, IReadOnlyList<Instant> Times, Instant? KnownAt);
