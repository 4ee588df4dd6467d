namespace Scoring.Core.Accounts;

/// <summary>Since when customers of an account have been active.</summary>
/// <remarks>
/// Active days are kept for <see cref="Facts.ActiveDays.Span"/> days before a customer's newest one; a customer that is known for longer counts
/// as active before.
/// </remarks>
public enum AccountHistory
{
    /// <summary>None ever was.</summary>
    Never,

    /// <summary>Since a day within the period.</summary>
    SincePeriod,

    /// <summary>Since before the period.</summary>
    BeforePeriod,
}
