using Scoring.Cli.Terminal;
using Scoring.V1;
using Spectre.Console;

namespace Scoring.Cli.Reading;

/// <summary>A segment by the values of attributes on the screen.</summary>
internal static class GroupView
{
    public static void Show(IAnsiConsole console, IReadOnlyList<string> keys, GroupSegmentStatsResponse answer)
    {
        Column[] columns =
        [
            .. keys.Select(key => new Column(key, IsText: true)),
            new("customers"),
            new("share", Spare: 1),
            new("mean"),
            new("±", Spare: 2),
            new("engaged"),
            new("somewhat", Spare: 3),
            new("not"),
            new("active"),
            new("churned"),
        ];
        var rows = answer
            .Groups.Select(group =>
                Row([.. group.Values.Select(value => value.Length > 0 ? Markup.Escape(value) : "[grey]none[/]")], group)
            )
            .ToList();
        if (answer.Other is { } other)
        {
            string[] name = [$"[grey]{Words.Count(answer.OtherGroupCount, "other group")}[/]"];
            rows.Add(Row([.. name, .. keys.Skip(1).Select(_ => "")], other));
        }

        Tables.WriteFitted(console, columns, rows);
        console.MarkupLine(
            $"[grey]{Words.Count(answer.CustomerCount, "customer")} by {Markup.Escape(answer.ModelName)} v{answer.ModelVersion} at {Words.Instant(answer.ReadTime)}[/]"
        );
        console.MarkupLine(
            "[grey]engaged, somewhat, not: by band; active: in the last 30 days; ±: standard deviation[/]"
        );
    }

    private static string[] Row(string[] names, SegmentGroup group)
    {
        var churned = group.Lifecycles.Where(stage => stage.Lifecycle == Lifecycle.Churned).Sum(s => s.CustomerCount);
        return
        [
            .. names,
            Words.Count(group.CustomerCount),
            Words.Percent0(group.Share),
            Words.Score(group.Mean),
            Words.Score(group.StandardDeviation),
            $"[green]{Words.Number(Math.Round(group.EngagementIndex.Engaged))} %[/]",
            $"[yellow]{Words.Number(Math.Round(group.EngagementIndex.SomewhatEngaged))} %[/]",
            $"[grey]{Words.Number(Math.Round(group.EngagementIndex.NotEngaged))} %[/]",
            Words.Percent0((double)group.Mau / group.CustomerCount),
            Words.Percent0((double)churned / group.CustomerCount),
        ];
    }
}
