namespace Scoring.Core.Accounts;

/// <summary>Change of an account's activity against the previous period.</summary>
/// <param name="ActiveDays">Customer-days with activity in the period.</param>
/// <param name="PreviousActiveDays">The same in the period of equal length before it.</param>
/// <param name="History">Since when the customers have been active.</param>
public sealed record Growth(long ActiveDays, long PreviousActiveDays, AccountHistory History)
{
    /// <summary>The change from which an account counts as growing.</summary>
    public const double GrowingFrom = 0.10;

    /// <summary>The change from which downwards an account counts as churning.</summary>
    public const double ChurningFrom = -0.25;

    /// <summary>Active days / previous active days - 1; null when there were none before.</summary>
    public double? Change =>
        PreviousActiveDays == 0 ? null : (double)(ActiveDays - PreviousActiveDays) / PreviousActiveDays;

    /// <summary>
    /// 50 + 50 x (now - before) / (now + before): 50 is unchanged, 100 begun again, 0 all gone; null when both are 0, and
    /// for an account whose first activity lies within the period: it has nothing to be compared with. The symmetric relative change keeps
    /// the figure within 0..100.
    /// </summary>
    public double? Part =>
        ActiveDays + PreviousActiveDays == 0 || History != AccountHistory.BeforePeriod
            ? null
            : 50 + (50.0 * (ActiveDays - PreviousActiveDays) / (ActiveDays + PreviousActiveDays));
}
