namespace Scoring.Core.Evaluation;

/// <summary>How likely something is by some features: 1 / (1 + e^-(intercept + sum of weight x feature)).</summary>
/// <param name="Intercept">What is added in any case.</param>
/// <param name="Weights">The weight of each feature.</param>
public sealed record LogisticModel(double Intercept, IReadOnlyList<double> Weights)
{
    /// <summary>The log of the odds.</summary>
    /// <param name="features">As many features as there are weights.</param>
    public double LogOdds(ReadOnlySpan<double> features)
    {
        var sum = Intercept;
        for (var i = 0; i < features.Length; i++)
        {
            sum += Weights[i] * features[i];
        }
        return sum;
    }

    /// <summary>The probability, 0 to 1.</summary>
    /// <param name="features">As many features as there are weights.</param>
    public double Probability(ReadOnlySpan<double> features) => Sigmoid(LogOdds(features));

    /// <summary>1 / (1 + e^-x).</summary>
    internal static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    /// <summary>ln(1 + e^x) without overflow.</summary>
    internal static double SoftPlus(double x) => x > 0 ? x + Math.Log(1 + Math.Exp(-x)) : Math.Log(1 + Math.Exp(x));
}
