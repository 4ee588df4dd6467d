using Scoring.Core.Time;

namespace Scoring.Engine.Hosting;

/// <summary>Whether what some partitions told of the past is still true.</summary>
/// <param name="Marks">The moment that this is said at.</param>
/// <param name="ChangedFrom">The instant from which on something may have changed since the marks of the question, <see cref="Instant.MinValue"/> for everything; null for nothing.</param>
/// <param name="CompleteSince">From when on all of them know everything.</param>
public sealed record PastMarks(IReadOnlyList<PastMark> Marks, Instant? ChangedFrom, Instant CompleteSince);
