namespace Scoring.Core.Adjustments;

/// <summary>An adjustment of a customer.</summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="Adjustment">The adjustment.</param>
public sealed record CustomerAdjustment(string CustomerId, ScoreAdjustment Adjustment)
{
    /// <summary>Where it stands among those of all customers, whose order (ordinal) is that of ids, and of models of one customer: no id has the character between the two.</summary>
    public string Place => $"{CustomerId}\n{Adjustment.Model}";

    /// <summary>The first of some, by their places.</summary>
    public static IReadOnlyList<CustomerAdjustment> First(IEnumerable<CustomerAdjustment> adjustments, int count) =>
        [.. adjustments.OrderBy(of => of.Place, StringComparer.Ordinal).Take(count)];
}
