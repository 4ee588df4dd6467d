namespace Scoring.Core.Accounts;

/// <summary>How often the active customers of an account are in the product.</summary>
/// <param name="Customers">Customers that belong to the account.</param>
/// <param name="ActiveCustomers">Customers active in the period.</param>
/// <param name="ActiveDays">Customer-days with activity in the period: each customer counts once for each UTC day it was active on.</param>
/// <param name="WindowDays">Length of the period, in days.</param>
public sealed record Frequency(long Customers, long ActiveCustomers, long ActiveDays, int WindowDays)
{
    /// <summary>Active days / active customers; null when nobody was active.</summary>
    public double? ActiveDaysPerActiveCustomer => ActiveCustomers == 0 ? null : (double)ActiveDays / ActiveCustomers;

    /// <summary>
    /// 100 x <see cref="ActiveDaysPerActiveCustomer"/> / the working days of the period (5 in 7), at most 100; 0 when the account has
    /// customers and none was active; null when it has no customers.
    /// </summary>
    public double? Part =>
        Customers == 0 ? null : Math.Min(100, 100 * (ActiveDaysPerActiveCustomer ?? 0) / (WindowDays * 5.0 / 7.0));
}
