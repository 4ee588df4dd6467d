using FsCheck;
using FsCheck.Fluent;
using Scoring.Core.Facts;

namespace Scoring.Core.Tests.Facts;

public sealed class ActiveDaysSpecs
{
    private static readonly Gen<int[]> Days = Gen.Choose(19_000, 19_600).ArrayOf();

    [Fact]
    public void Days_are_counted_as_a_set_would_in_whatever_order_they_are_marked() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(500),
            Prop.ForAll(
                Days.Zip(Gen.Choose(-10, 200).Zip(Gen.Choose(0, 191))).ToArbitrary(),
                sample =>
                {
                    var (days, (afterNewest, length)) = sample;
                    var marked = Marked(days);
                    var last = days.Length == 0 ? 19_000 : days.Max() + afterNewest;
                    var first = last - length;
                    var oldestKept = days.Length == 0 ? 0 : days.Max() - ActiveDays.Span + 1;
                    var expected = days.Distinct().Count(d => d >= first && d <= last && d >= oldestKept);
                    Assert.Equal(expected, marked.CountBetween(first, last));
                    Assert.Equal(expected > 0, marked.AnyBetween(first, last));
                }
            )
        );

    private static ActiveDays Marked(int[] days)
    {
        var marked = new ActiveDays();
        foreach (var day in days)
        {
            marked.Mark(day);
        }
        return marked;
    }
}
