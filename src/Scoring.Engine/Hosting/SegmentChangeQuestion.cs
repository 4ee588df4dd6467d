using Scoring.Core.History;

namespace Scoring.Engine.Hosting;

/// <summary>A question about how scores of a segment changed, as it is put to a host.</summary>
/// <param name="Query">The question.</param>
/// <param name="ModelVersion">The version of the model that it is to be answered by.</param>
/// <param name="Partitions">The partitions that it is put to, in rising order.</param>
public sealed record SegmentChangeQuestion(SegmentChangeQuery Query, int ModelVersion, IReadOnlyList<int> Partitions);
