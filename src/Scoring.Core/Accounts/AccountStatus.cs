namespace Scoring.Core.Accounts;

/// <summary>Where an account is heading, by what its customer-success manager would do next. The first that applies.</summary>
public enum AccountStatus
{
    /// <summary>Nobody of the account was ever active, it has no customers perhaps: there is nothing to judge yet. Get it started.</summary>
    NotStarted,

    /// <summary>Its first activity lies within the period: there is nothing to compare with yet. See that it settles in.</summary>
    New,

    /// <summary>Nobody was active in the period, or activity fell by a quarter or more against the previous period. Save it.</summary>
    Churning,

    /// <summary>
    /// Activity grew by a tenth or more against the previous period, or began again, and health is above <see cref="AccountHealth.GrowingAbove"/>.
    /// Offer more.
    /// </summary>
    Growing,

    /// <summary>
    /// None of the others; among them accounts whose activity grew from little to still little: growth in percent is no sign of a healthy
    /// account where hardly anybody uses the product. Find out what is missing.
    /// </summary>
    Stagnating,
}
