namespace Scoring.Core.Models;

/// <summary>The use of features: how often, or how many different ones.</summary>
/// <param name="Features">The features, 1 or more.</param>
/// <param name="Measure">What is counted.</param>
/// <param name="WindowDays">
/// For how many UTC days a feature counts as used: that of its last use and those after it, 1 to 36,500; 0 is for ever. Only where different features are counted.
/// </param>
/// <param name="Weight">Points per unit of quantity.</param>
/// <param name="Cap">The most of the quantity that counts; null means no limit.</param>
public sealed record FeatureTerm(
    IReadOnlyList<string> Features,
    FeatureMeasure Measure,
    int WindowDays,
    double Weight,
    double? Cap = null
) : Term(Weight, Cap);
