namespace Scoring.Core.Facts;

/// <summary>What an event changed that is counted over many customers.</summary>
[Flags]
internal enum FactsChange
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>It is the customer's first of its type.</summary>
    NewType = 1,

    /// <summary>The customer's newest active day is another, or one more of the 63 days before it is active.</summary>
    RecentDays = 2,
}
