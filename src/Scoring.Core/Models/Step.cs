namespace Scoring.Core.Models;

/// <summary>The quantity of numbers from one on, up to the next step.</summary>
/// <param name="From">The least number, -1e12 to 1e12.</param>
/// <param name="Quantity">The quantity, -1e12 to 1e12.</param>
public readonly record struct Step(double From, double Quantity)
{
    /// <summary>The quantity of a number: that of the last step which is not above it; 0 below all steps.</summary>
    /// <param name="steps">The steps, rising.</param>
    /// <param name="number">The number.</param>
    public static double QuantityOf(IReadOnlyList<Step> steps, double number)
    {
        var quantity = 0.0;
        for (var i = 0; i < steps.Count && steps[i].From <= number; i++)
        {
            quantity = steps[i].Quantity;
        }
        return quantity;
    }
}
