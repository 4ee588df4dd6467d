using Scoring.Cli.Reading;
using Scoring.Cli.Terminal;
using Scoring.V1;

namespace Scoring.Cli.Tests.Reading;

public sealed class SegmentSpecs
{
    [Fact]
    public void Stickiness_of_complete_days_is_shown_with_what_it_is_of_and_that_of_today_beside_it()
    {
        var activity = new Activity
        {
            Dau = 3,
            Wau = 900,
            Mau = 1_500,
            CompleteDaysMeanDau = 375.5,
            CompleteDaysMau = 1_502,
            Stickiness = 0.25,
            StickinessToday = 0.002,
        };

        var shown = Shown(activity);

        Assert.Contains("active: 3 today so far, 900 in 7 days, 1,500 in 30 days", shown, StringComparison.Ordinal);
        Assert.Contains(
            "stickiness: 25.0 % (375.5 of 1,502 customers a day, mean of 30 complete days)   today so far 0.2 %",
            shown,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Stickiness_that_nobody_was_active_for_is_a_dash()
    {
        var shown = Shown(new Activity());

        Assert.Contains("stickiness: – (", shown, StringComparison.Ordinal);
        Assert.Contains("today so far –", shown, StringComparison.Ordinal);
    }

    private static string Shown(Activity activity)
    {
        using var output = new StringWriter();
        SegmentView.ShowFigures(
            Screen.Of(output, TextWriter.Null).Output,
            new SegmentStats { CustomerCount = 1, Activity = activity }
        );
        return output.ToString();
    }
}
