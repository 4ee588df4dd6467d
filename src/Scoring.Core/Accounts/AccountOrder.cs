namespace Scoring.Core.Accounts;

/// <summary>What accounts are listed by. Those without comes last, rising or falling; those that are equal come by id (bytes of UTF-8).</summary>
public enum AccountOrder
{
    /// <summary>The account's id, by its bytes in UTF-8.</summary>
    Id,

    /// <summary>Its health.</summary>
    Health,

    /// <summary>Its seats.</summary>
    Seats,

    /// <summary>Number of its customers.</summary>
    Customers,
}
