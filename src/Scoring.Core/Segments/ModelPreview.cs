using Scoring.Core.Scores;

namespace Scoring.Core.Segments;

/// <summary>What a model would make of customers and of segments of them, as of one instant.</summary>
/// <param name="Current">As in <see cref="SegmentPreview"/>.</param>
/// <param name="Candidate">As in <see cref="SegmentPreview"/>.</param>
/// <param name="Migration">As in <see cref="SegmentPreview"/>.</param>
/// <param name="Risen">Those whose scores rise most, the largest rise first; equal ones by customer id (ordinal).</param>
/// <param name="Fallen">Those whose scores fall most, the largest fall first.</param>
public sealed record ModelPreview(
    SegmentStatistics Current,
    SegmentStatistics Candidate,
    IReadOnlyList<IReadOnlyList<long>> Migration,
    IReadOnlyList<ScoreMove> Risen,
    IReadOnlyList<ScoreMove> Fallen
) : SegmentPreview(Current, Candidate, Migration)
{
    /// <summary>The segments that were asked for, in the order of <see cref="PreviewQuery.Segments"/>.</summary>
    public IReadOnlyList<SegmentPreview> Segments { get; init; } = [];
}

/// <summary>A customer by two models.</summary>
/// <param name="Current">By the model that is stored.</param>
/// <param name="Candidate">By the other.</param>
public sealed record ScoreMove(CustomerScore Current, CustomerScore Candidate)
{
    /// <summary>By how much the score would rise.</summary>
    public double Difference => Candidate.Score - Current.Score;
}
