using Scoring.Core.Segments;
using Scoring.Core.Time;

namespace Scoring.Engine.Hosting;

/// <summary>A question about what tells two segments apart as it is put to a host.</summary>
/// <param name="Query">The question.</param>
/// <param name="ModelVersion">The version of the model that it is to be answered by.</param>
/// <param name="ReadTime">The instant that figures hold for.</param>
/// <param name="AheadFrom">Customers whose newest event lies after this instant are left out.</param>
/// <param name="Partitions">The partitions that it is put to, in rising order.</param>
public sealed record ContrastQuestion(
    ContrastQuery Query,
    int ModelVersion,
    Instant ReadTime,
    Instant AheadFrom,
    IReadOnlyList<int> Partitions
);
