namespace Scoring.Engine;

/// <summary>A customer that was merged into another, or is being merged.</summary>
/// <param name="SurvivorId">The other.</param>
/// <param name="Stored">What is stored of it, until the survivor has adopted that; empty from then on.</param>
public sealed record MergedCustomer(string SurvivorId, byte[] Stored);
