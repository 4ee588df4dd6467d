namespace Scoring.Core.Segments;

/// <summary>
/// Active customers. A customer is active on a UTC day on which it had an event, passive event types aside. The day of the read time is not over
/// yet: it counts up to the read time. What compares days therefore takes complete ones, those before it.
/// </summary>
/// <param name="DailyActive">Customers active on the day of the read time so far (DAU).</param>
/// <param name="WeeklyActive">Customers active in the 7 days that end with it (WAU).</param>
/// <param name="MonthlyActive">Customers active in the 30 days that end with it (MAU).</param>
/// <param name="CompleteMonthlyActive">Customers active in the 30 complete days before the day of the read time (their MAU).</param>
/// <param name="CompleteActiveDays">Active days of these customers in these 30 days: a customer counts once for each day it was active on.</param>
public sealed record Activity(
    long DailyActive,
    long WeeklyActive,
    long MonthlyActive,
    long CompleteMonthlyActive,
    long CompleteActiveDays
)
{
    /// <summary>Days of a month.</summary>
    public const int MonthDays = 30;

    /// <summary>Mean DAU of the 30 complete days, those on which nobody was active included: active days / 30.</summary>
    public double MeanDailyActive => (double)CompleteActiveDays / MonthDays;

    /// <summary>
    /// Mean DAU / MAU of the 30 complete days, 1/30..1: on what share of the days a customer of the month is active. As product analytics report
    /// it (average DAU / MAU). Null when nobody was active on these days.
    /// </summary>
    public double? Stickiness => CompleteMonthlyActive == 0 ? null : MeanDailyActive / CompleteMonthlyActive;

    /// <summary>DAU / MAU of the day so far, 0..1, which rises in the course of the day; null when nobody was active in the month.</summary>
    public double? StickinessToday => MonthlyActive == 0 ? null : (double)DailyActive / MonthlyActive;

    /// <summary>Makes the value of its figures, in their order.</summary>
    internal static Activity Of(ReadOnlySpan<long> figures) =>
        new(figures[0], figures[1], figures[2], figures[3], figures[4]);
}
