using Scoring.Core.Facts;

namespace Scoring.Core.Models;

/// <summary>Events of one type: how many, or their values added up.</summary>
/// <param name="EventType">The event type.</param>
/// <param name="HalfLifeDays">Half-life of the quantity in days, one of the workspace's; 0 is the lifetime quantity, which does not decay.</param>
/// <param name="Measure">Whether the quantity counts events or sums their values.</param>
/// <param name="Weight">Points per unit of quantity.</param>
/// <param name="Cap">The most of the quantity that counts; null means no limit.</param>
public sealed record EventTerm(string EventType, int HalfLifeDays, Measure Measure, double Weight, double? Cap = null)
    : Term(Weight, Cap);
