namespace Scoring.Core.Listing;

/// <summary>What customers are listed by. What a customer does not have comes last, rising or falling; those that are equal come by id (bytes of UTF-8).</summary>
public enum CustomerOrder
{
    /// <summary>The customer's id, by its bytes in UTF-8.</summary>
    Id,

    /// <summary>The score.</summary>
    Score,

    /// <summary>The momentum.</summary>
    Momentum,

    /// <summary>The instant of the newest event.</summary>
    LastEvent,
}
