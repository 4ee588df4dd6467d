namespace Scoring.Core.History;

/// <summary>A customer whose score moved.</summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="Micros">What its score at the second instant is more than that at the first, in millionths; never 0.</param>
public sealed record ScoreMover(string CustomerId, long Micros)
{
    /// <summary>The largest move first; those alike by id (ordinal).</summary>
    public static Comparer<ScoreMover> LargestFirst { get; } =
        Comparer<ScoreMover>.Create(
            (one, other) =>
                Math.Abs(other.Micros).CompareTo(Math.Abs(one.Micros)) is var order and not 0
                    ? order
                    : string.CompareOrdinal(one.CustomerId, other.CustomerId)
        );
}
