using System.Globalization;

namespace Scoring.Core.Models;

/// <summary>The value of an attribute of the customer: how well it fits. It has either values or steps.</summary>
/// <param name="Key">The attribute's key.</param>
/// <param name="Values">The quantity is 1 where the attribute is one of these, character by character; 0 where it is not.</param>
/// <param name="Steps">
/// The attribute as a number, such as 5, -0.5 or 1e6, has the quantity of the step that it lies in; 0 where it is none, or below all steps.
/// </param>
/// <param name="Weight">Points per unit of quantity.</param>
/// <param name="Cap">The most of the quantity that counts; null means no limit.</param>
public sealed record AttributeTerm(
    string Key,
    IReadOnlyList<string> Values,
    IReadOnlyList<Step> Steps,
    double Weight,
    double? Cap = null
) : Term(Weight, Cap)
{
    /// <summary>The quantity of a value; empty for a customer without the attribute.</summary>
    public double Quantity(string value) =>
        value.Length == 0 ? 0
        : Steps.Count == 0 ? (Values.Contains(value) ? 1 : 0)
        : double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? Step.QuantityOf(Steps, number)
        : 0;
}
