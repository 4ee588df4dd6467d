using Scoring.Core.Segments;
using Scoring.Core.Time;

namespace Scoring.Engine.Hosting;

/// <summary>A question about a segment as it is put to a host.</summary>
/// <param name="Query">The question.</param>
/// <param name="ModelVersion">The version of the model that it is to be answered by.</param>
/// <param name="ReadTime">The instant that figures hold for.</param>
/// <param name="AheadFrom">Customers whose newest event lies after this instant are left out and counted.</param>
/// <param name="Partitions">The partitions that it is put to, in rising order.</param>
/// <param name="FewScores">Whether scores around the percentiles suffice where there are many; hosts of versions before always want all.</param>
public sealed record SegmentQuestion(
    SegmentQuery Query,
    int ModelVersion,
    Instant ReadTime,
    Instant AheadFrom,
    IReadOnlyList<int> Partitions,
    bool FewScores = false
);
