namespace Scoring.Core.Accounts;

/// <summary>How many of an account's seats use the product.</summary>
/// <param name="ActiveCustomers">Customers active in the period.</param>
/// <param name="Seats">Seats of the account; null when unknown.</param>
public sealed record Breadth(long ActiveCustomers, int? Seats)
{
    /// <summary>100 x active customers / seats, at most 100; null when there are no seats.</summary>
    public double? Part => Seats is > 0 ? Math.Min(100, 100.0 * ActiveCustomers / Seats.Value) : null;
}
