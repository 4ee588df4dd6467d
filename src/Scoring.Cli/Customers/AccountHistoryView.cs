using Google.Protobuf.WellKnownTypes;
using Scoring.Cli.Reading;
using Scoring.Cli.Terminal;
using Scoring.V1;
using Spectre.Console;

namespace Scoring.Cli.Customers;

/// <summary>How an account fared, on the screen.</summary>
internal static class AccountHistoryView
{
    /// <param name="console">Where to.</param>
    /// <param name="history">The history.</param>
    /// <param name="knownAt">What was received later is left out; null for nothing.</param>
    public static void Show(IAnsiConsole console, AccountHealthHistory history, Timestamp? knownAt)
    {
        console.MarkupLine($"[bold]{Markup.Escape(history.AccountId)}[/]");
        if (history.Points.Count == 0)
        {
            console.MarkupLine("Nothing was known of it then.");
            return;
        }

        Tables.WriteFitted(
            console,
            [
                new Column("at (UTC)", IsText: true),
                new Column("customers", Spare: 1),
                new Column("seats", Spare: 2),
                new Column("health"),
                new Column("frequency"),
                new Column("breadth"),
                new Column("depth"),
                new Column("growth"),
                new Column("heading", IsText: true),
            ],
            [.. history.Points.Select(Cells)]
        );
        console.MarkupLine(TrendText.Of(history.Trend, "health"));
        var known = knownAt is null ? "by all that is known now" : $"as it was known at {Words.Instant(knownAt)}";
        console.MarkupLine($"[grey]{history.Window.ToTimeSpan().TotalDays:0} days up to each, {known}[/]");
    }

    private static string[] Cells(AccountHealthPoint point) =>
        [
            Words.EndOfPeriod(point.Time),
            Words.Count(point.CustomerCount),
            point.Breadth is { HasSeatCount: true } seated ? Words.Count(seated.SeatCount) : Words.Absent,
            $"[bold]{AccountView.Part(point.HasScore ? point.Score : null)}[/]",
            AccountView.Part(point.Frequency is { HasPartScore: true } frequency ? frequency.PartScore : null),
            AccountView.Part(point.Breadth is { HasPartScore: true } breadth ? breadth.PartScore : null),
            AccountView.Part(point.Depth is { HasPartScore: true } depth ? depth.PartScore : null),
            AccountView.Part(point.Growth is { HasPartScore: true } growth ? growth.PartScore : null),
            AccountView.Status(point.Status),
        ];
}
