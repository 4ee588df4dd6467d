using System.Globalization;
using Google.Protobuf.Collections;
using Scoring.Cli.Terminal;
using Scoring.V1;
using Spectre.Console;

namespace Scoring.Cli.Reading;

/// <summary>Segments on the screen.</summary>
internal static class SegmentView
{
    private const int BarWidth = 60;

    /// <summary>One segment with everything that is known of it.</summary>
    public static void Show(IAnsiConsole console, string filter, SegmentStats stats, Palette palette)
    {
        console.MarkupLine(
            $"[bold]{(filter.Length > 0 ? Markup.Escape(filter) : "Everyone")}[/]: {Words.Count(stats.CustomerCount, "customer")}"
        );
        if (stats.CustomerCount == 0)
        {
            console.MarkupLine("[grey]Nobody matches, so there are no figures.[/]");
            ShowHints(console, stats);
            return;
        }

        ShowFigures(console, stats);
        console.WriteLine();
        ShowHistogram(console, stats, palette);
        console.WriteLine();
        ShowBands(console, stats, palette);
        ShowRanked(console, "Highest scores", stats.TopCustomers, palette);
        ShowRanked(console, "Lowest scores", stats.BottomCustomers, palette);
        ShowEvents(console, stats);
        console.MarkupLine(
            $"[grey]{Markup.Escape(stats.ModelName)} v{stats.ModelVersion} at {Words.Instant(stats.ReadTime)}[/]"
        );
    }

    /// <summary>Mean, spread, percentiles, lifecycle and activity, a line each.</summary>
    public static void ShowFigures(IAnsiConsole console, SegmentStats stats)
    {
        var percentiles = string.Join(
            "   ",
            stats.Percentiles.Select(p => $"p{Words.Number(p.Percentile_)} {Words.Score(p.Score)}")
        );
        console.MarkupLine(
            $"mean [bold]{Words.Score(stats.Mean)}[/] ± {Words.Score(stats.StandardDeviation)}   "
                + $"{percentiles}   from {Words.Score(stats.Min)} to {Words.Score(stats.Max)}"
        );
        console.MarkupLine(
            "lifecycle: "
                + string.Join(
                    "   ",
                    stats.Lifecycles.Select(stage =>
                        $"{Words.Lifecycle(stage.Lifecycle)} {Words.Count(stage.CustomerCount)}"
                    )
                )
        );
        if (stats.AheadCustomerCount > 0)
        {
            console.MarkupLine(
                $"[yellow]{Words.Count(stats.AheadCustomerCount)} customers are left out: their newest event lies ahead of the server's clock[/]"
            );
        }
        if (stats.Activity is { } activity)
        {
            console.MarkupLine(
                $"active: {Words.Count(activity.Dau)} today so far, {Words.Count(activity.Wau)} in 7 days, {Words.Count(activity.Mau)} in 30 days"
            );
            console.MarkupLine(
                $"stickiness: [bold]{Words.Percent(activity.HasStickiness ? activity.Stickiness : null)}[/] "
                    + $"({Words.Number(activity.CompleteDaysMeanDau)} of {Words.Count(activity.CompleteDaysMau)} customers a day, mean of 30 complete days)"
                    + $"   today so far {Words.Percent(activity.HasStickinessToday ? activity.StickinessToday : null)}"
            );
        }
    }

    /// <summary>How the scores are spread, each bucket in the colour of its band.</summary>
    public static void ShowHistogram(IAnsiConsole console, SegmentStats stats, Palette palette)
    {
        // Empty ends carry nothing; empty buckets in between do.
        var buckets = stats
            .Histogram.SkipWhile(b => b.CustomerCount == 0)
            .Reverse()
            .SkipWhile(b => b.CustomerCount == 0)
            .Reverse()
            .ToList();
        var largest = buckets.Max(b => b.CustomerCount);
        foreach (var bucket in buckets)
        {
            var middle =
                bucket.HasLowerBound && bucket.HasUpperBound ? (bucket.LowerBound + bucket.UpperBound) / 2
                : bucket.HasLowerBound ? bucket.LowerBound + 1
                : bucket.UpperBound - 1;
            var bar = Words.Bar((double)bucket.CustomerCount / largest, BarWidth);
            console.MarkupLine(
                $"  {Label(bucket).PadLeft(12)} [{palette.ColorAt(middle)}]{bar}[/] {(bucket.CustomerCount > 0 ? Words.Count(bucket.CustomerCount) : "")}"
            );
        }
    }

    /// <summary>The bands with their shares, and the engagement index.</summary>
    public static void ShowBands(IAnsiConsole console, SegmentStats stats, Palette palette)
    {
        var title = stats.Bands.Max(band => palette.TitleOf(band.Band).Length);
        foreach (var band in stats.Bands.Reverse())
        {
            console.MarkupLine(
                $"  [{palette.ColorOf(band.Band)}]{Markup.Escape(palette.TitleOf(band.Band).PadRight(title))}[/]"
                    + $" {Words.Count(band.CustomerCount).PadLeft(9)} {Words.Percent(band.HasShare ? band.Share : null).PadLeft(8)}"
                    + $"  [{palette.ColorOf(band.Band)}]{Words.Bar(band.Share, 40)}[/]"
            );
        }

        if (stats.EngagementIndex is { } index)
        {
            console.MarkupLine(
                $"  engagement index: [green]{Words.Percent(index.Engaged / 100)} engaged[/], "
                    + $"[yellow]{Words.Percent(index.SomewhatEngaged / 100)} somewhat[/], [grey]{Words.Percent(index.NotEngaged / 100)} not[/]"
            );
        }
    }

    /// <summary>Several segments, a line each.</summary>
    public static void ShowSideBySide(
        IAnsiConsole console,
        IReadOnlyCollection<(string Name, ComparedSegment Segment)> segments,
        Palette palette
    )
    {
        string[] bands = [.. palette.Bands.Select(band => band.Name)];
        Tables.WriteFitted(
            console,
            [
                new Column("Segment", IsText: true, Wraps: true),
                new Column("customers"),
                new Column("mean"),
                new Column("vs first"),
                new Column("median", Spare: 3),
                new Column("p95", Spare: 1),
                // Titles of bands are long, the shares below them short. Those in the middle say least.
                .. bands.Select(
                    (band, i) =>
                        new Column(
                            palette.TitleOf(band).Replace(' ', '\n'),
                            Spare: i == 0 || i == bands.Length - 1 ? 0 : 4
                        )
                ),
                new Column("sticky", Spare: 2),
            ],
            [.. segments.Select(segment => Row(segment.Name, segment.Segment, bands, palette))]
        );
        console.MarkupLine(
            "[grey]vs first: difference of the means with its 95 % interval; grey where it may be chance[/]"
        );
        foreach (var (_, segment) in segments)
        {
            ShowHints(console, segment.Stats);
        }
    }

    private static string[] Row(string name, ComparedSegment segment, string[] bands, Palette palette)
    {
        var stats = segment.Stats;
        return
        [
            Markup.Escape(name.Length > 0 ? name : "everyone"),
            Words.Count(stats.CustomerCount),
            stats.HasMean ? Words.Score(stats.Mean) : Words.Absent,
            Difference(segment.Difference),
            At(stats, 50),
            At(stats, 95),
            .. bands.Select(name =>
            {
                var band = stats.Bands.FirstOrDefault(b => b.Band == name);
                var share = band is { HasShare: true } ? Words.Percent0(band.Share) : Words.Absent;
                return $"[{palette.ColorOf(name)}]{share}[/]";
            }),
            Words.Percent0(stats.Activity is { HasStickiness: true } activity ? activity.Stickiness : null),
        ];
    }

    /// <summary>A difference with half its interval, as far as there is one.</summary>
    private static string Difference(ScoreDifference? difference)
    {
        if (difference is null)
        {
            return Words.Absent;
        }
        var text = Words.Signed(difference.MeanDifference);
        if (!difference.HasLowerBound)
        {
            return $"[grey]{text}[/]";
        }
        var color =
            difference.LowerBound > 0 ? "green"
            : difference.UpperBound < 0 ? "red"
            : "grey";
        return $"[{color}]{text} ± {Words.Score((difference.UpperBound - difference.LowerBound) / 2)}[/]";
    }

    /// <summary>What was perhaps meant by clauses of the filter that no customer meets, a line each.</summary>
    public static void ShowHints(IAnsiConsole console, SegmentStats stats)
    {
        foreach (var hint in stats.FilterHints)
        {
            var missing = hint.KeyKnown ? $"{hint.Key} = {Quote(hint.Value)}" : $"the attribute {hint.Key}";
            string[] known = hint.KeyKnown ? [.. hint.SuggestedValues.Select(Quote)] : [.. hint.SuggestedKeys];
            var nearest = known.Length > 0 ? $"; nearest known: {string.Join(", ", known)}" : "";
            var values = hint is { KeyKnown: false, SuggestedKeys: [var meant, ..], SuggestedValues.Count: > 0 }
                ? $"; nearest values of {meant}: {string.Join(", ", hint.SuggestedValues.Select(Quote))}"
                : "";
            console.MarkupLine($"[yellow]{Markup.Escape($"No customer has {missing}{nearest}{values}.")}[/]");
        }
    }

    /// <summary>A value as filters have it.</summary>
    private static string Quote(string value) => $"\"{value.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"";

    private static string At(SegmentStats stats, double percentile) =>
        stats.Percentiles.FirstOrDefault(p => p.Percentile_.Equals(percentile)) is { } found
            ? Words.Score(found.Score)
            : Words.Absent;

    private static string Label(HistogramBucket bucket) =>
        (bucket.HasLowerBound, bucket.HasUpperBound) switch
        {
            (true, true) => $"{End(bucket.LowerBound)} – {End(bucket.UpperBound)}",
            (true, false) => $"from {End(bucket.LowerBound)}",
            _ => $"below {End(bucket.UpperBound)}",
        };

    private static string End(double score) => score.ToString("0.##", CultureInfo.InvariantCulture);

    private static void ShowRanked(
        IAnsiConsole console,
        string title,
        RepeatedField<RankedCustomer> ranked,
        Palette palette
    )
    {
        if (ranked.Count == 0)
        {
            return;
        }

        var table = Tables.New(title, "account", "score");
        foreach (var customer in ranked)
        {
            table.AddRow(
                Markup.Escape(customer.CustomerId),
                Markup.Escape(customer.AccountId),
                $"[{palette.ColorAt(customer.Score)}]{Words.Score(customer.Score)}[/]"
            );
        }

        console.Write(table);
    }

    private static void ShowEvents(IAnsiConsole console, SegmentStats stats)
    {
        if (stats.EventTotals.Count == 0)
        {
            return;
        }

        var table = Tables.New("Event type", "events", "value", "customers");
        foreach (var total in stats.EventTotals)
        {
            table.AddRow(
                Words.Plain(total.EventType),
                Words.Number(total.EventCount),
                Words.Number(total.ValueSum),
                Words.Count(total.CustomerCount)
            );
        }

        console.Write(table);
    }
}
