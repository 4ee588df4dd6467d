namespace Scoring.Core.Populations;

/// <summary>How much one population may hold. What is beyond is refused; it would be more than the tables can address.</summary>
/// <remarks>
/// Each bound is on what customers hold at the moment, which their stored forms hold too: a population that was loaded from them decides
/// as the one did that wrote them.
/// </remarks>
/// <param name="Customers">Customers.</param>
/// <param name="IdBytes">Bytes of all ids of customers with their lengths, rounded up to 4 each; as many of accounts.</param>
/// <param name="FactsBytes">Bytes of the facts of all customers.</param>
public sealed record PopulationBounds(int Customers, long IdBytes, long FactsBytes)
{
    /// <summary>Accounts that customers belong to.</summary>
    public int Accounts { get; init; } = Limits.Customers;

    /// <summary>Event types.</summary>
    public int EventTypes { get; init; } = Limits.EventTypes;

    /// <summary>Features.</summary>
    public int Features { get; init; } = Limits.Features;

    /// <summary>Keys of attributes that customers have.</summary>
    public int AttributeKeys { get; init; } = Limits.Attributes;

    /// <summary>Those of the contract.</summary>
    public static PopulationBounds Default { get; } = new(Limits.Customers, Limits.CustomerIdsBytes, Limits.FactsBytes);
}
