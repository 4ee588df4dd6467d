namespace Scoring.Core.Segments;

/// <summary>Active customers. A customer is active on a UTC day on which it had an event, passive event types aside.</summary>
/// <param name="DailyActive">Customers active on the UTC day of the read time (DAU).</param>
/// <param name="WeeklyActive">Customers active in the 7 days that end with it (WAU).</param>
/// <param name="MonthlyActive">Customers active in the 30 days that end with it (MAU).</param>
public sealed record Activity(long DailyActive, long WeeklyActive, long MonthlyActive)
{
    /// <summary>DAU / MAU, 0..1; null when nobody was active in the month.</summary>
    public double? Stickiness => MonthlyActive == 0 ? null : (double)DailyActive / MonthlyActive;
}
