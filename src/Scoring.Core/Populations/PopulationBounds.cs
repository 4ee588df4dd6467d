namespace Scoring.Core.Populations;

/// <summary>How much one population may hold. What is beyond is refused; it would be more than the tables can address.</summary>
/// <remarks>
/// Each bound is on something that only grows and does not depend on the order in which it was reached. So what was taken once is taken
/// again by a replay, and what was refused is refused again, although rows that were stored later may be there already.
/// </remarks>
/// <param name="Customers">Customers; as many accounts.</param>
/// <param name="IdBytes">Bytes of all ids of customers with their lengths, rounded up to 4 each; as many of accounts.</param>
/// <param name="FactsBytes">Bytes of the facts of all customers.</param>
internal sealed record PopulationBounds(int Customers, long IdBytes, long FactsBytes)
{
    /// <summary>Those of the contract.</summary>
    public static PopulationBounds Default { get; } = new(Limits.Customers, Limits.CustomerIdsBytes, Limits.FactsBytes);
}
