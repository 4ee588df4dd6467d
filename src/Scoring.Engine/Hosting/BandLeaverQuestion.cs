using Scoring.Core.Segments;
using Scoring.Core.Time;

namespace Scoring.Engine.Hosting;

/// <summary>A question about who will leave a band as it is put to a host.</summary>
/// <param name="Query">The question; its band is named.</param>
/// <param name="ModelVersion">The version of the model that it is to be answered by.</param>
/// <param name="ReadTime">The instant that is now.</param>
/// <param name="AheadFrom">Customers whose newest event lies after this instant are left out and counted.</param>
/// <param name="Partitions">The partitions that it is put to, in rising order.</param>
public sealed record BandLeaverQuestion(
    BandLeaverQuery Query,
    int ModelVersion,
    Instant ReadTime,
    Instant AheadFrom,
    IReadOnlyList<int> Partitions
);
