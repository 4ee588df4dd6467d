using Google.Protobuf.WellKnownTypes;
using Scoring.Cli.Reading;
using Scoring.Cli.Terminal;
using Scoring.V1;

namespace Scoring.Cli.Tests.Reading;

/// <summary>Figures that lag behind what was acknowledged say so on the screen.</summary>
public sealed class LagSpecs
{
    [Theory]
    [InlineData(null, false)]
    [InlineData(312, true)]
    public void A_segment_and_an_account_say_how_far_they_lag_where_they_do(int? milliseconds, bool said)
    {
        var lag = milliseconds is { } given ? Duration.FromTimeSpan(TimeSpan.FromMilliseconds(given)) : null;
        var stats = new SegmentStats
        {
            CustomerCount = 1,
            Lag = lag,
            Bands =
            {
                new BandCount { Band = "all", CustomerCount = 1 },
            },
            Histogram =
            {
                new HistogramBucket
                {
                    LowerBound = 0,
                    UpperBound = 10,
                    CustomerCount = 1,
                },
            },
        };
        var health = new AccountHealth
        {
            AccountId = "acme",
            Window = Duration.FromTimeSpan(TimeSpan.FromDays(30)),
            Lag = lag,
        };
        var palette = new Palette(new ScoringModel { Bands = { new Band { Name = "all" } } });

        Assert.All(
            [
                Shown(screen => SegmentView.Show(screen.Output, "", stats, palette)),
                Shown(screen => SegmentView.ShowSideBySide(screen.Output, "Segment", [("", stats)], palette)),
                Shown(screen => AccountView.Show(screen.Output, health, palette)),
            ],
            text => Assert.Equal(said, text.Contains("up to 0.3 s behind", StringComparison.Ordinal))
        );
    }

    private static string Shown(Action<Screen> show)
    {
        using var output = new StringWriter();
        show(Screen.Of(output, TextWriter.Null));
        return output.ToString();
    }
}
