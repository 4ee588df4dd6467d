namespace Scoring.Core.Accounts;

/// <summary>Where an account is heading.</summary>
public enum AccountStatus
{
    /// <summary>The account has no customers, so nothing can be said.</summary>
    Unknown,

    /// <summary>Activity grew by a tenth or more against the previous period, or began.</summary>
    Growing,

    /// <summary>Neither of the others.</summary>
    Stagnating,

    /// <summary>Nobody was active in the period, or activity fell by a quarter or more against the previous period.</summary>
    Churning,
}
