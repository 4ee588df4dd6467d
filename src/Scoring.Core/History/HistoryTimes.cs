using Scoring.Core.Time;

namespace Scoring.Core.History;

/// <summary>The instants at which a history tells the score: the ends of periods, and the end of the history itself.</summary>
public static class HistoryTimes
{
    private const int DaysOfWeek = 7;

    /// <summary>Where a history begins unless it is said: 30 days, 26 weeks or 12 months before its end, but not before 1970.</summary>
    public static Instant DefaultStart(HistoryPeriod period, Instant end)
    {
        var last = end.ToDateTimeOffset();
        var start = period switch
        {
            HistoryPeriod.Day => last.AddDays(-30),
            HistoryPeriod.Week => last.AddDays(-26 * DaysOfWeek),
            _ => last.AddMonths(-12),
        };
        return Instant.Max(default, Instant.From(start));
    }

    /// <summary>The instants from a start to an end, both included; of more than may be, the last ones.</summary>
    /// <param name="period">How far they lie apart.</param>
    /// <param name="start">None lies before it.</param>
    /// <param name="end">The last one, of the years 1970 to 9999. Not before the start.</param>
    /// <param name="most">How many there may be.</param>
    /// <returns>Instants that rise, at least one.</returns>
    public static IReadOnlyList<Instant> Between(HistoryPeriod period, Instant start, Instant end, int most) =>
        [.. Backwards(period, end).TakeWhile(time => time >= start).Take(most).Reverse()];

    private static IEnumerable<Instant> Backwards(HistoryPeriod period, Instant end)
    {
        var time = LastEnd(period, end.ToDateTimeOffset());
        if (Instant.From(time) < end)
        {
            yield return end;
        }
        while (true)
        {
            yield return Instant.From(time);
            time = period switch
            {
                HistoryPeriod.Day => time.AddDays(-1),
                HistoryPeriod.Week => time.AddDays(-DaysOfWeek),
                _ => time.AddMonths(-1),
            };
        }
    }

    /// <summary>The newest end of a period that does not lie after an instant.</summary>
    private static DateTimeOffset LastEnd(HistoryPeriod period, DateTimeOffset time)
    {
        var day = new DateTimeOffset(time.Date, TimeSpan.Zero);
        return period switch
        {
            HistoryPeriod.Day => day,
            // Sunday is 0 in .NET and the last day of an ISO week.
            HistoryPeriod.Week => day.AddDays(-(((int)day.DayOfWeek + 6) % DaysOfWeek)),
            _ => day.AddDays(1 - day.Day),
        };
    }
}
