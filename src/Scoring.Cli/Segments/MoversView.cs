using Google.Protobuf.Collections;
using Scoring.Cli.Customers;
using Scoring.Cli.Terminal;
using Scoring.V1;
using Spectre.Console;

namespace Scoring.Cli.Segments;

/// <summary>Whose scores moved most, on the screen: how many did, those who rose, and those who fell.</summary>
internal static class MoversView
{
    private const int Reasons = 3;

    /// <param name="console">Where to.</param>
    /// <param name="request">What was asked.</param>
    /// <param name="movers">The answer.</param>
    /// <param name="palette">The bands of its model.</param>
    public static void Show(IAnsiConsole console, ListMoversRequest request, ListMoversResponse movers, Palette palette)
    {
        console.MarkupLine($"[bold]{Markup.Escape(SegmentArguments.TitleOf(request.Segment, request.Filter))}[/]");
        console.MarkupLine($"From {Words.Instant(movers.StartTime)} to {Words.Instant(movers.EndTime)}");
        console.MarkupLine(
            $"{Words.Count(movers.CustomerCount, "customer")}: {Words.Count(movers.RoseCount)} rose, {Words.Count(movers.FellCount)} fell, "
                + $"{Words.Count(movers.UnchangedCount)} stayed as they were, {Words.Count(movers.NewCount)} are new"
        );
        console.MarkupLine(
            $"{Words.Count(movers.JoinedCount)} of them joined the segment meanwhile; {Words.Count(movers.LeftCount)} others left it"
        );
        ShowMovers(console, "rose", movers.Risers, palette);
        ShowMovers(console, "fell", movers.Fallers, palette);
        console.MarkupLine(
            $"[grey]{Markup.Escape(movers.ModelName)} v{movers.ModelVersion}, {SegmentArguments.KnownAt(request.KnownAt)}[/]"
        );
    }

    private static void ShowMovers(IAnsiConsole console, string verb, RepeatedField<ScoreMover> movers, Palette palette)
    {
        if (movers.Count == 0)
        {
            return;
        }
        Tables.WriteFitted(
            console,
            [
                new Column($"who {verb}", IsText: true),
                new Column("by"),
                new Column("from", Spare: 2),
                new Column("to"),
                new Column("band", IsText: true, Spare: 1),
                new Column("why", IsText: true, Wraps: true),
            ],
            [.. movers.Select(Cells)]
        );

        string[] Cells(ScoreMover mover) =>
            [
                Markup.Escape(mover.CustomerId),
                mover.Difference < 0
                    ? $"[red]{Words.Signed(mover.Difference)}[/]"
                    : $"[green]{Words.Signed(mover.Difference)}[/]",
                Words.Score(mover.FromScore),
                $"[{palette.ColorOf(mover.ToBand)}]{Words.Score(mover.ToScore)}[/]",
                mover.FromBand == mover.ToBand
                    ? TitleOf(mover.ToBand)
                    : $"{TitleOf(mover.FromBand)} → {TitleOf(mover.ToBand)}",
                Markup.Escape(WhyOf(mover)),
            ];

        string TitleOf(string band) => $"[{palette.ColorOf(band)}]{Markup.Escape(palette.TitleOf(band))}[/]";
    }

    /// <summary>The largest parts, those that are called alike added up.</summary>
    private static string WhyOf(ScoreMover mover) =>
        string.Join(
            ", ",
            mover
                .Parts.GroupBy(ScoreChangeText.Of)
                .Select(of => (Name: of.Key, Score: of.Sum(part => part.Score)))
                .OrderByDescending(of => Math.Abs(of.Score))
                .Take(Reasons)
                .Select(of => $"{of.Name} {Words.Signed(of.Score)}")
        );
}
