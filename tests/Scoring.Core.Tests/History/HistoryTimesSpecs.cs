using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Scoring.Core.History;
using Scoring.Core.Time;

namespace Scoring.Core.Tests.History;

/// <summary>Points of a history lie where days, weeks and months end, and at its own end.</summary>
public sealed class HistoryTimesSpecs
{
    [Theory]
    // Within a day, over several, and where start and end are ends of days themselves.
    [InlineData(HistoryPeriod.Day, "2026-03-01T10:00", "2026-03-01T12:00", "2026-03-01T12:00")]
    [InlineData(
        HistoryPeriod.Day,
        "2026-02-27T10:00",
        "2026-03-01T12:00",
        "2026-02-28T00:00 2026-03-01T00:00 2026-03-01T12:00"
    )]
    [InlineData(
        HistoryPeriod.Day,
        "2026-02-28T00:00",
        "2026-03-02T00:00",
        "2026-02-28T00:00 2026-03-01T00:00 2026-03-02T00:00"
    )]
    // A leap day, and a century that has none.
    [InlineData(HistoryPeriod.Day, "2028-02-28T12:00", "2028-03-01T00:00", "2028-02-29T00:00 2028-03-01T00:00")]
    [InlineData(HistoryPeriod.Day, "2100-02-28T12:00", "2100-03-02T00:00", "2100-03-01T00:00 2100-03-02T00:00")]
    // Clocks of Europe were put forward on 29 March 2026: UTC knows nothing of it.
    [InlineData(
        HistoryPeriod.Day,
        "2026-03-28T12:00",
        "2026-03-30T12:00",
        "2026-03-29T00:00 2026-03-30T00:00 2026-03-30T12:00"
    )]
    // Mondays, also in the week that two years share; of a Sunday the week is not over.
    [InlineData(
        HistoryPeriod.Week,
        "2025-12-22T00:00",
        "2026-01-05T00:00",
        "2025-12-22T00:00 2025-12-29T00:00 2026-01-05T00:00"
    )]
    [InlineData(HistoryPeriod.Week, "2026-01-05T00:01", "2026-01-18T23:59", "2026-01-12T00:00 2026-01-18T23:59")]
    // Months of all lengths, of a leap year too.
    [InlineData(
        HistoryPeriod.Month,
        "2028-01-31T00:00",
        "2028-05-31T00:00",
        "2028-02-01T00:00 2028-03-01T00:00 2028-04-01T00:00 2028-05-01T00:00 2028-05-31T00:00"
    )]
    [InlineData(HistoryPeriod.Month, "2026-12-01T00:00", "2027-01-01T00:00", "2026-12-01T00:00 2027-01-01T00:00")]
    // The ends of the time that there is.
    [InlineData(HistoryPeriod.Week, "1970-01-01T00:00", "1970-01-06T00:00", "1970-01-05T00:00 1970-01-06T00:00")]
    [InlineData(HistoryPeriod.Month, "1970-01-01T00:00", "1970-01-01T00:00", "1970-01-01T00:00")]
    [InlineData(HistoryPeriod.Month, "9999-12-01T00:00", "9999-12-31T23:59", "9999-12-01T00:00 9999-12-31T23:59")]
    public void Points_lie_at_the_ends_of_periods_and_at_the_end(
        HistoryPeriod period,
        string start,
        string end,
        string expected
    ) => Assert.Equal(expected.Split(' ').Select(At), HistoryTimes.Between(period, At(start), At(end), 100));

    [Theory]
    [InlineData(HistoryPeriod.Day, "2026-03-02T12:00", "2026-01-31T12:00")]
    [InlineData(HistoryPeriod.Week, "2026-03-02T12:00", "2025-09-01T12:00")]
    [InlineData(HistoryPeriod.Month, "2026-03-02T12:00", "2025-03-02T12:00")]
    [InlineData(HistoryPeriod.Month, "2028-02-29T12:00", "2027-02-28T12:00")]
    [InlineData(HistoryPeriod.Month, "1970-03-01T00:00", "1970-01-01T00:00")]
    public void A_history_begins_30_days_26_weeks_or_12_months_before_its_end_unless_it_is_said(
        HistoryPeriod period,
        string end,
        string start
    ) => Assert.Equal(At(start), HistoryTimes.DefaultStart(period, At(end)));

    [Fact]
    public void Of_more_points_than_may_be_the_last_are_given_however_long_ago_it_begins()
    {
        var times = HistoryTimes.Between(HistoryPeriod.Day, default, At("9999-12-31T00:00"), 3);

        Assert.Equal([At("9999-12-29T00:00"), At("9999-12-30T00:00"), At("9999-12-31T00:00")], times);
    }

    /// <summary>Against every minute of the span, looked at one by one.</summary>
    [Fact]
    public void Points_are_those_that_looking_at_every_minute_finds()
    {
        var spans = Gen.Zip(Gen.Choose(0, 60 * 24 * 365 * 60), Gen.Choose(0, 60 * 24 * 100));
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(25),
            Prop.ForAll(
                spans.ToArbitrary(),
                span =>
                {
                    var (first, last) = (span.Item1, span.Item1 + span.Item2);
                    foreach (var period in Enum.GetValues<HistoryPeriod>())
                    {
                        var expected = Enumerable
                            .Range(first, last - first + 1)
                            .Where(minute => minute == last || Ends(period, Time(minute).ToDateTimeOffset()))
                            .Select(Time);
                        Assert.Equal(expected, HistoryTimes.Between(period, Time(first), Time(last), 1_000));
                    }
                }
            )
        );

        static Instant Time(int minute) => new(minute * TimeSpan.TicksPerMinute);

        static bool Ends(HistoryPeriod period, DateTimeOffset time) =>
            time.TimeOfDay == TimeSpan.Zero
            && period switch
            {
                HistoryPeriod.Day => true,
                HistoryPeriod.Week => ISOWeek.GetWeekOfYear(time.DateTime)
                    != ISOWeek.GetWeekOfYear(time.DateTime.AddDays(-1)),
                _ => time.Month != time.AddDays(-1).Month,
            };
    }

    private static Instant At(string time) =>
        Instant.From(DateTimeOffset.Parse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal));
}
