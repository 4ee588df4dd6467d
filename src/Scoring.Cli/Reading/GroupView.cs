using Scoring.Cli.Terminal;
using Scoring.V1;
using Spectre.Console;

namespace Scoring.Cli.Reading;

/// <summary>A segment by the values of attributes on the screen.</summary>
internal static class GroupView
{
    public static void Show(
        IAnsiConsole console,
        IReadOnlyList<string> keys,
        GroupSegmentStatsResponse answer,
        Palette palette
    )
    {
        if (answer.Groups.Count == 0)
        {
            console.MarkupLine("[grey]Nobody matches, so there are no groups.[/]");
            return;
        }

        string[] bands = [.. palette.Bands.Select(band => band.Name)];
        var table = Tables.New([
            .. keys,
            "customers",
            "share",
            "mean",
            "±",
            .. bands.Select(palette.TitleOf),
            "active",
            "churned",
        ]);
        foreach (var column in table.Columns.Skip(keys.Count + 4).SkipLast(2))
        {
            // Titles of bands are long, the shares below them short.
            column.NoWrap = false;
        }

        foreach (var group in answer.Groups)
        {
            Add([.. group.Values.Select(value => value.Length > 0 ? Markup.Escape(value) : "[grey]none[/]")], group);
        }

        if (answer.Other is { } other)
        {
            string[] name = [$"[grey]{Words.Count(answer.OtherGroupCount, "other group")}[/]"];
            Add([.. name, .. keys.Skip(1).Select(_ => "")], other);
        }

        console.Write(table);
        console.MarkupLine(
            $"[grey]{Words.Count(answer.CustomerCount, "customer")} by {Markup.Escape(answer.ModelName)} v{answer.ModelVersion} at {Words.Instant(answer.ReadTime)}; active: in the last 30 days[/]"
        );

        void Add(string[] names, SegmentGroup group)
        {
            var churned = group
                .Lifecycles.Where(stage => stage.Lifecycle == Lifecycle.Churned)
                .Sum(s => s.CustomerCount);
            table.AddRow([
                .. names,
                Words.Count(group.CustomerCount),
                Words.Percent0(group.Share),
                Words.Score(group.Mean),
                Words.Score(group.StandardDeviation),
                .. group.Bands.Select(band => $"[{palette.ColorOf(band.Band)}]{Words.Percent0(band.Share)}[/]"),
                Words.Percent0((double)group.Mau / group.CustomerCount),
                Words.Percent0((double)churned / group.CustomerCount),
            ]);
        }
    }
}
