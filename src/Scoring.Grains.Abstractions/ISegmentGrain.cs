using Scoring.Core.Segments;

namespace Scoring.Grains;

/// <summary>Tells what is true of segments. A stateless worker: the key is the workspace.</summary>
[Alias("scoring.segment")]
public interface ISegmentGrain : IGrainWithStringKey
{
    /// <summary>The statistics of a segment. Every event that was acknowledged before the call is in them.</summary>
    /// <param name="query">The question; its workspace is that of the grain.</param>
    /// <exception cref="Core.ScoringException">The model is unknown, for example.</exception>
    [Alias("statistics")]
    Task<SegmentStatistics> GetStatisticsAsync([Immutable] SegmentQuery query);

    /// <summary>The statistics of several segments, as of one instant and by one model.</summary>
    /// <param name="queries">The questions, of the workspace of the grain, and of one model and instant.</param>
    /// <exception cref="Core.ScoringException">The model is unknown, for example.</exception>
    [Alias("compare")]
    Task<SegmentStatistics[]> CompareAsync([Immutable] SegmentQuery[] queries);
}
