namespace Scoring.Core.Accounts;

/// <summary>How many of the key features an account's customers use.</summary>
/// <param name="Customers">Customers that belong to the account.</param>
/// <param name="FeaturesUsed">Key features that any of them used in the period. An event that makes nobody active uses none.</param>
/// <param name="KeyFeatures">Key features of the workspace.</param>
public sealed record Depth(long Customers, int FeaturesUsed, int KeyFeatures)
{
    /// <summary>100 x features used / key features; null when there are no key features or no customers.</summary>
    public double? Part => KeyFeatures == 0 || Customers == 0 ? null : 100.0 * FeaturesUsed / KeyFeatures;
}
