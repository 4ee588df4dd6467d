using Scoring.Core.Scores;

namespace Scoring.Core.Segments;

/// <summary>A segment by two models, as of one instant.</summary>
/// <param name="Current">By the model that is stored.</param>
/// <param name="Candidate">By the other.</param>
/// <param name="Migration">Customers by band: the first index is the band of the stored model, the second that of the other.</param>
/// <param name="Risen">Those whose scores rise most, the largest rise first; equal ones by customer id (ordinal).</param>
/// <param name="Fallen">Those whose scores fall most, the largest fall first.</param>
public sealed record ModelPreview(
    SegmentStatistics Current,
    SegmentStatistics Candidate,
    IReadOnlyList<IReadOnlyList<long>> Migration,
    IReadOnlyList<ScoreMove> Risen,
    IReadOnlyList<ScoreMove> Fallen
);

/// <summary>A customer by two models.</summary>
/// <param name="Current">By the model that is stored.</param>
/// <param name="Candidate">By the other.</param>
public sealed record ScoreMove(CustomerScore Current, CustomerScore Candidate)
{
    /// <summary>By how much the score would rise.</summary>
    public double Difference => Candidate.Score - Current.Score;
}
