using Google.Protobuf.WellKnownTypes;
using Scoring.Cli.Terminal;
using Scoring.V1;
using Spectre.Console;

namespace Scoring.Cli.Customers;

/// <summary>What a customer's score was, on the screen.</summary>
internal static class HistoryView
{
    private const int BarWidth = 20;

    /// <param name="console">Where to.</param>
    /// <param name="history">The history.</param>
    /// <param name="palette">The bands of its model.</param>
    /// <param name="knownAt">What was received later is left out; null for nothing.</param>
    public static void Show(IAnsiConsole console, ScoreHistory history, Palette palette, Timestamp? knownAt)
    {
        console.MarkupLine($"[bold]{Markup.Escape(history.CustomerId)}[/]");
        if (history.Points.Count == 0)
        {
            console.MarkupLine("Nothing was known of it then.");
            return;
        }

        // From 0, so that a score that hardly moves does not seem to, and below it where scores are.
        var lowest = Math.Min(0, history.Points.Min(point => point.Score));
        var range = history.Points.Max(point => point.Score) - lowest;
        Tables.WriteFitted(
            console,
            [
                new Column("at (UTC)", IsText: true),
                new Column("score"),
                new Column("", IsText: true, Spare: 1),
                new Column("band", IsText: true),
                new Column("lifecycle", IsText: true, Spare: 3),
                new Column("momentum", Spare: 2),
                new Column("events"),
            ],
            [.. history.Points.Select(Cells)]
        );
        console.MarkupLine(TrendText.Of(history.Trend, "score"));
        var known = knownAt is null ? "by all that is known now" : $"as it was known at {Words.Instant(knownAt)}";
        console.MarkupLine(
            $"[grey]{Markup.Escape(history.ModelName)} v{history.ModelVersion}, {known}; events are those since the line before[/]"
        );

        string[] Cells(ScorePoint point)
        {
            var color = palette.ColorOf(point.Band);
            var share = range > 0 ? (point.Score - lowest) / range : 0;
            return
            [
                Words.EndOfPeriod(point.Time),
                $"[{color}]{Words.Score(point.Score)}[/]",
                $"[{color}]{Words.Bar(share, BarWidth)}[/]",
                $"[{color}]{Markup.Escape(palette.TitleOf(point.Band))}[/]",
                Words.Lifecycle(point.Lifecycle),
                Words.Momentum(point.HasMomentum ? point.Momentum : null),
                Words.Count(point.EventCount),
            ];
        }
    }
}
