namespace Scoring.Core.Models;

/// <summary>A range of scores with a name. It begins where the band before it ends.</summary>
/// <param name="Name">The name, for programs.</param>
/// <param name="Title">The name, for people.</param>
/// <param name="Engagement">What the band says of its customers in the engagement index.</param>
/// <param name="UpperEnd">Where the band ends; null for the highest band, which has no end.</param>
/// <param name="UpperEndIncluded">Whether the score at the end belongs to this band rather than to the next.</param>
public sealed record Band(string Name, string Title, Engagement Engagement, double? UpperEnd, bool UpperEndIncluded)
{
    /// <summary>Whether a score lies above the band.</summary>
    public bool EndsBefore(double score) => UpperEnd is { } end && (UpperEndIncluded ? score > end : score >= end);
}
