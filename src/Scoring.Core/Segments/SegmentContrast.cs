using Scoring.Core.Time;

namespace Scoring.Core.Segments;

/// <summary>What tells the customers of one segment from those of another.</summary>
/// <param name="Customers">Customers of the one.</param>
/// <param name="OtherCustomers">Customers of the other.</param>
/// <param name="Traits">
/// Traits whose shares differ by more than may be chance, those first of which the least difference that is likely is largest; equal ones by kind and name.
/// </param>
/// <param name="LookedAt">Traits that were looked at; the intervals of all of them together hold with 95 %.</param>
/// <param name="ReadTime">The instant that the figures hold for.</param>
/// <param name="ModelName">The model that was used.</param>
/// <param name="ModelVersion">Its version.</param>
public sealed record SegmentContrast(
    long Customers,
    long OtherCustomers,
    IReadOnlyList<TraitDifference> Traits,
    int LookedAt,
    Instant ReadTime,
    string ModelName,
    int ModelVersion
);

/// <summary>A trait that more customers of one segment have than of another.</summary>
/// <param name="Trait">The trait.</param>
/// <param name="Holders">Customers of the one segment that have it.</param>
/// <param name="OtherHolders">Customers of the other that have it.</param>
/// <param name="Shares">How the shares differ.</param>
public sealed record TraitDifference(Trait Trait, long Holders, long OtherHolders, ShareDifference Shares);
