using Scoring.Core.Time;

namespace Scoring.Core.Segments;

/// <summary>A customer that will leave its band.</summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="AccountId">Its account; empty when it has none.</param>
/// <param name="Score">Its score now.</param>
/// <param name="Time">When it leaves the band.</param>
/// <param name="Band">Name of the band that it comes into then.</param>
public sealed record BandLeaver(string CustomerId, string AccountId, double Score, Instant Time, string Band)
{
    /// <summary>Who leaves first; of one instant by id (ordinal).</summary>
    public static Comparer<BandLeaver> SoonestFirst { get; } =
        Comparer<BandLeaver>.Create(
            (one, other) =>
                one.Time.CompareTo(other.Time) is var order and not 0
                    ? order
                    : string.CompareOrdinal(one.CustomerId, other.CustomerId)
        );
}
