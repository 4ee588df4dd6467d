using Scoring.Core.Segments;
using Scoring.Core.Time;

namespace Scoring.Engine.Hosting;

/// <summary>A question about a segment in the past as it is put to a host.</summary>
/// <param name="Query">The question.</param>
/// <param name="ModelVersion">The version of the model that it is to be answered by.</param>
/// <param name="Times">The instants that figures are to hold for, rising.</param>
/// <param name="KnownAt">What was received later is left out; null for nothing.</param>
/// <param name="Partitions">The partitions that it is put to, in rising order.</param>
/// <param name="FewScores">Whether scores around the percentiles suffice where there are many.</param>
public sealed record PastSegmentQuestion(
    SegmentQuery Query,
    int ModelVersion,
    IReadOnlyList<Instant> Times,
    Instant? KnownAt,
    IReadOnlyList<int> Partitions,
    bool FewScores
);
