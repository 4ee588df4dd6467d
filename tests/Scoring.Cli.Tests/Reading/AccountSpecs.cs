using Google.Protobuf.WellKnownTypes;
using Scoring.Cli.Reading;
using Scoring.Cli.Terminal;
using Scoring.V1;

namespace Scoring.Cli.Tests.Reading;

public sealed class AccountSpecs
{
    [Theory]
    [InlineData(0, 0, "0 → 0 customer-days (–)")]
    [InlineData(0, 3, "0 → 3 customer-days (new)")]
    [InlineData(4, 3, "4 → 3 customer-days (-25 %)")]
    public void Only_activity_after_none_is_new(int before, int now, string expected)
    {
        var growth = new Growth { PreviousActiveDayCount = before, ActiveDayCount = now };
        if (before > 0)
        {
            growth.Change = ((double)now / before) - 1;
        }

        var health = new AccountHealth
        {
            AccountId = "acme",
            Window = Duration.FromTimeSpan(TimeSpan.FromDays(30)),
            Growth = growth,
        };
        using var output = new StringWriter();

        AccountView.Show(Screen.Of(output, TextWriter.Null).Output, health, new Palette(new ScoringModel()));

        Assert.Contains(expected, output.ToString(), StringComparison.Ordinal);
    }
}
