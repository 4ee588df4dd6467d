using Scoring.Cli.Terminal;
using Scoring.V1;
using Spectre.Console;

namespace Scoring.Cli.Segments;

/// <summary>What was true of a segment, on the screen.</summary>
internal static class SegmentHistoryView
{
    private const double Median = 50;

    /// <param name="console">Where to.</param>
    /// <param name="request">What was asked.</param>
    /// <param name="history">The history.</param>
    /// <param name="palette">The bands of its model.</param>
    public static void Show(
        IAnsiConsole console,
        GetSegmentHistoryRequest request,
        SegmentHistory history,
        Palette palette
    )
    {
        console.MarkupLine($"[bold]{Markup.Escape(SegmentArguments.TitleOf(request.Segment, request.Filter))}[/]");
        string[] bands = [.. palette.Bands.Select(band => band.Name)];
        Tables.WriteFitted(
            console,
            [
                new Column("at (UTC)", IsText: true),
                new Column("customers"),
                new Column("mean"),
                new Column("median", Spare: 3),
                // Those in the middle say least.
                .. bands.Select(
                    (band, i) =>
                        new Column(
                            palette.TitleOf(band).Replace(' ', '\n'),
                            Spare: i == 0 || i == bands.Length - 1 ? 0 : 4
                        )
                ),
                new Column("engaged", Spare: 2),
                new Column("active in\n30 days", Spare: 1),
            ],
            [.. history.Points.Select(Cells)]
        );
        console.MarkupLine(TrendText.Of(history.Trend, "mean"));
        console.MarkupLine(
            $"[grey]{Markup.Escape(history.ModelName)} v{history.ModelVersion}, {SegmentArguments.KnownAt(request.KnownAt)}[/]"
        );

        string[] Cells(SegmentPoint point) =>
            [
                Words.EndOfPeriod(point.Time),
                Words.Count(point.CustomerCount),
                point.HasMean ? $"[{palette.ColorAt(point.Mean)}]{Words.Score(point.Mean)}[/]" : Words.Absent,
                MedianOf(point),
                .. bands.Select(name =>
                {
                    var band = point.Bands.FirstOrDefault(b => b.Band == name);
                    var share = Words.Percent0(band is { HasShare: true } ? band.Share : null);
                    return $"[{palette.ColorOf(name)}]{share}[/]";
                }),
                Words.Percent0(point.EngagementIndex is { } index ? index.Engaged / 100 : null),
                point.Activity is { } activity ? Words.Count(activity.Mau) : Words.Absent,
            ];
    }

    private static string MedianOf(SegmentPoint point) =>
        point.Percentiles.FirstOrDefault(p => p.Percentile_.Equals(Median)) is { } found
            ? Words.Score(found.Score)
            : Words.Absent;
}
