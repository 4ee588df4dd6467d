using Scoring.Core.Facts;

namespace Scoring.Core.Models;

/// <summary>One thing that counts in a model: weight x quantity of an event type.</summary>
/// <param name="EventType">The event type.</param>
/// <param name="HalfLifeDays">Half-life of the quantity in days, one of the workspace's; 0 is the lifetime quantity, which does not decay.</param>
/// <param name="Measure">Whether the quantity counts events or sums their values.</param>
/// <param name="Weight">Points per unit of quantity, at most 1e12 in magnitude; negative for what speaks against engagement.</param>
/// <param name="Cap">The most of the quantity that counts, in either direction, 1e-6 to 1e12; null means no limit.</param>
public sealed record Term(string EventType, int HalfLifeDays, Measure Measure, double Weight, double? Cap = null)
{
    /// <summary>The points that a quantity brings: weight x quantity, the quantity limited to -cap..cap.</summary>
    public double Points(double quantity) => Weight * (Cap is { } cap ? Math.Clamp(quantity, -cap, cap) : quantity);

    /// <summary>Whether the cap limits this quantity.</summary>
    public bool Caps(double quantity) => Cap is { } cap && Math.Abs(quantity) > cap;
}
