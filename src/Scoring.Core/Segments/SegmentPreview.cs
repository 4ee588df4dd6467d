namespace Scoring.Core.Segments;

/// <summary>A segment by two models, as of one instant.</summary>
/// <param name="Current">By the model that is stored.</param>
/// <param name="Candidate">By the other.</param>
/// <param name="Migration">Customers by band: the first index is the band of the stored model, the second that of the other.</param>
public record SegmentPreview(
    SegmentStatistics Current,
    SegmentStatistics Candidate,
    IReadOnlyList<IReadOnlyList<long>> Migration
);
