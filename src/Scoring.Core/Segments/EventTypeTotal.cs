namespace Scoring.Core.Segments;

/// <summary>All events of one type that the customers ever had.</summary>
/// <param name="EventType">The event type.</param>
/// <param name="Customers">Customers who had any.</param>
/// <param name="Count">Number of events.</param>
/// <param name="Value">Sum of their values.</param>
public sealed record EventTypeTotal(string EventType, long Customers, double Count, double Value);
