using Scoring.Cli.Terminal;
using Scoring.V1;
using Spectre.Console;

namespace Scoring.Cli.Segments;

/// <summary>Who will leave a band, on the screen.</summary>
internal static class LeaversView
{
    /// <param name="console">Where to.</param>
    /// <param name="request">What was asked.</param>
    /// <param name="leavers">The answer.</param>
    /// <param name="palette">The bands of its model.</param>
    public static void Show(
        IAnsiConsole console,
        ListBandLeaversRequest request,
        ListBandLeaversResponse leavers,
        Palette palette
    )
    {
        console.MarkupLine($"[bold]{Markup.Escape(SegmentArguments.TitleOf(request.Segment, request.Filter))}[/]");
        console.MarkupLine(
            $"{Words.Count(leavers.LeavingCount)} of {Words.Count(leavers.CustomerCount, "customer")} leave {TitleOf(leavers.Band)} until {Words.Instant(leavers.Until)} if nothing more happens"
        );
        if (leavers.Leavers.Count > 0)
        {
            Tables.WriteFitted(
                console,
                [
                    new Column("customer", IsText: true),
                    new Column("account", IsText: true, Spare: 1),
                    new Column("score"),
                    new Column("leaves at (UTC)", IsText: true),
                    new Column("for", IsText: true),
                ],
                [
                    .. leavers.Leavers.Select(leaver =>
                        (string[])
                            [
                                Markup.Escape(leaver.CustomerId),
                                Markup.Escape(leaver.AccountId),
                                Words.Score(leaver.Score),
                                Words.Instant(leaver.Time),
                                TitleOf(leaver.NextBand),
                            ]
                    ),
                ]
            );
        }
        console.MarkupLine($"[grey]{Markup.Escape(leavers.ModelName)} v{leavers.ModelVersion}[/]");

        string TitleOf(string band) => $"[{palette.ColorOf(band)}]{Markup.Escape(palette.TitleOf(band))}[/]";
    }
}
