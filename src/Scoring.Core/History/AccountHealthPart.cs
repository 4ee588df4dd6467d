namespace Scoring.Core.History;

/// <summary>A reason for which the health of an account changed.</summary>
/// <param name="Dimension">The dimension that it comes by.</param>
/// <param name="Kind">The reason.</param>
/// <param name="Subject">The event type; empty for what is not about one.</param>
/// <param name="Feature">Of depth, the feature that its customers began to use within the period, or use no more; empty for what is not about one.</param>
/// <param name="Customers">Customers who came, went or were merged.</param>
/// <param name="Events">Events that occurred.</param>
/// <param name="Micros">What it adds to the health, in millionths.</param>
public sealed record AccountHealthPart(
    HealthDimension Dimension,
    AccountChangeKind Kind,
    string Subject,
    string Feature,
    long Customers,
    long Events,
    long Micros
);
