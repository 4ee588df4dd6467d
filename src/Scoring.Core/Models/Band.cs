namespace Scoring.Core.Models;

/// <summary>A range of scores with a name. It begins where the band before it ends.</summary>
/// <remarks>
/// Scores are rounded sums, so a score of 100 may come out as 100.00000000000001. A score that lies within <see cref="Tolerance"/> of an end
/// therefore counts as the end itself, wherever bands are told: of one customer, of a segment, and on the way to the next band.
/// </remarks>
/// <param name="Name">The name, for programs.</param>
/// <param name="Title">The name, for people.</param>
/// <param name="Engagement">What the band says of its customers in the engagement index.</param>
/// <param name="UpperEnd">Where the band ends, -1e12 to 1e12; null for the highest band, which has no end.</param>
/// <param name="UpperEndIncluded">Whether the score at the end belongs to this band rather than to the next.</param>
public sealed record Band(string Name, string Title, Engagement Engagement, double? UpperEnd, bool UpperEndIncluded)
{
    /// <summary>How far from an end a score still counts as the end: so much of it, or of 1 where it is nearer to 0.</summary>
    public const double Tolerance = 1e-9;

    /// <summary>The least score of the next band, <see cref="Tolerance"/> considered; null for the highest band.</summary>
    public double? NextFrom =>
        UpperEnd is not { } end ? null
        : UpperEndIncluded ? Math.BitIncrement(end + ToleranceAt(end))
        : end - ToleranceAt(end);

    /// <summary>Whether a score lies above the band.</summary>
    public bool EndsBefore(double score) => score >= NextFrom;

    private static double ToleranceAt(double end) => Tolerance * Math.Max(1, Math.Abs(end));
}
