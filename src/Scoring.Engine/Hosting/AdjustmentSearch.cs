using Scoring.Core.Adjustments;
using Scoring.Core.Time;

namespace Scoring.Engine.Hosting;

/// <summary>Looks for adjustments, as it is put to a host.</summary>
/// <param name="Query">Which, and how many.</param>
/// <param name="Now">Those that have expired by then are left out.</param>
/// <param name="Partitions">The partitions that it is put to, in rising order.</param>
public sealed record AdjustmentSearch(AdjustmentQuery Query, Instant Now, IReadOnlyList<int> Partitions);
