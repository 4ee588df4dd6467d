namespace Scoring.Core.History;

/// <summary>What a customer was to a segment at an instant.</summary>
/// <param name="Micros">Its score in millionths; null when nothing was known of it, or it was merged into another customer.</param>
/// <param name="Belongs">Whether it belonged to the segment.</param>
internal readonly record struct SegmentMember(long? Micros, bool Belongs);
