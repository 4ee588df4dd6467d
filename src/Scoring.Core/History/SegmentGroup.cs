namespace Scoring.Core.History;

/// <summary>What became of a customer's place in a segment between two instants. The numbers are places in <see cref="SegmentChangeTally.Groups"/>.</summary>
public enum SegmentGroup
{
    /// <summary>It belonged at both.</summary>
    Stayed = 0,

    /// <summary>It was known at the first, and belonged at the second only.</summary>
    Joined = 1,

    /// <summary>Nothing was known of it at the first, and it belonged at the second.</summary>
    New = 2,

    /// <summary>It belonged at the first only.</summary>
    Left = 3,

    /// <summary>It belonged at the first, and was merged into another customer by the second.</summary>
    Merged = 4,
}
