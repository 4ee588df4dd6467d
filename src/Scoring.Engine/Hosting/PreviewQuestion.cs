using Scoring.Core.Segments;
using Scoring.Core.Time;

namespace Scoring.Engine.Hosting;

/// <summary>A question about a model that is not stored as it is put to a host.</summary>
/// <param name="Query">The question.</param>
/// <param name="ModelVersion">The version of the model that it is compared with.</param>
/// <param name="ReadTime">The instant that figures hold for.</param>
/// <param name="AheadFrom">Customers whose newest event lies after this instant are left out and counted.</param>
/// <param name="Partitions">The partitions that it is put to, in rising order.</param>
/// <param name="FewScores">As in <see cref="SegmentQuestion"/>.</param>
public sealed record PreviewQuestion(
    PreviewQuery Query,
    int ModelVersion,
    Instant ReadTime,
    Instant AheadFrom,
    IReadOnlyList<int> Partitions,
    bool FewScores = false
);
