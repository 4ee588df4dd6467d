namespace Scoring.Core.Populations;

/// <summary>A look-up of a customer that is under way: see <see cref="Population.Prefetch"/>.</summary>
/// <param name="Hash">The hash of the customer's id.</param>
/// <param name="LikelyRow">The row that it will most likely lead to; -1 when that is not known. Where it is wrong, time is lost and nothing else.</param>
public readonly record struct CustomerLookup(ulong Hash, int LikelyRow);
