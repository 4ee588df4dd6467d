using Scoring.Core.Models;

namespace Scoring.Core.Scores;

/// <summary>A term of events in the numbers of one schema.</summary>
/// <param name="Term">The term.</param>
/// <param name="EventType">Number of its event type; -1 when none was recorded yet.</param>
/// <param name="Sum">Place of its half-life among a series' sums.</param>
internal readonly record struct CompiledTerm(EventTerm Term, int EventType, int Sum);
