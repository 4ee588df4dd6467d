using Scoring.Cli.Terminal;
using Scoring.V1;
using Spectre.Console;

namespace Scoring.Cli.Reading;

/// <summary>A segment by the values of attributes on the screen.</summary>
internal static class GroupView
{
    public static void Show(IAnsiConsole console, IReadOnlyList<string> keys, GroupSegmentStatsResponse answer)
    {
        if (answer.Groups.Count == 0)
        {
            console.MarkupLine("[grey]Nobody matches, so there are no groups.[/]");
            return;
        }

        var table = Tables.New([
            .. keys,
            "customers",
            "share",
            "mean",
            "±",
            "engaged",
            "somewhat",
            "not",
            "active",
            "churned",
        ]);
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
                $"[green]{Words.Number(Math.Round(group.EngagementIndex.Engaged))} %[/]",
                $"[yellow]{Words.Number(Math.Round(group.EngagementIndex.SomewhatEngaged))} %[/]",
                $"[grey]{Words.Number(Math.Round(group.EngagementIndex.NotEngaged))} %[/]",
                Words.Percent0((double)group.Mau / group.CustomerCount),
                Words.Percent0((double)churned / group.CustomerCount),
            ]);
        }
    }
}
