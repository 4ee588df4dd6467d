namespace Scoring.Core.Lifecycles;

/// <summary>Where a customer stands with the product, beside the band: a band says how engaged somebody is, not whether there is still somebody to keep.</summary>
/// <remarks>The first that applies, in the order churned, new, active, dormant. All bounds are whole UTC days.</remarks>
public enum Lifecycle
{
    /// <summary>Known for fewer than <see cref="LifecycleSettings.NewDays"/> days.</summary>
    New,

    /// <summary>Active within the last <see cref="LifecycleSettings.DormantDays"/> days, the day of the read time included.</summary>
    Active,

    /// <summary>Not active for at least <see cref="LifecycleSettings.DormantDays"/> days, or never.</summary>
    Dormant,

    /// <summary>The newest event of those that end or reopen the relationship is one that ends it.</summary>
    Churned,
}
