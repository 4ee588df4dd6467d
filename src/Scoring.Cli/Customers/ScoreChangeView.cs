using Google.Protobuf.WellKnownTypes;
using Scoring.Cli.Terminal;
using Scoring.V1;
using Spectre.Console;

namespace Scoring.Cli.Customers;

/// <summary>Why a customer's score changed, on the screen.</summary>
internal static class ScoreChangeView
{
    /// <param name="console">Where to.</param>
    /// <param name="change">The change.</param>
    /// <param name="start">The first instant, at which nothing may have been known.</param>
    /// <param name="palette">The bands of the model that scores the second instant.</param>
    public static void Show(IAnsiConsole console, ExplainScoreChangeResponse change, Timestamp? start, Palette palette)
    {
        console.MarkupLine($"[bold]{Markup.Escape(change.CustomerId)}[/]");
        console.MarkupLine(
            change.From is { } from
                ? $"From {ScoreOf(from, palette)}"
                : $"From {Words.Instant(start)}  nothing was known of it, which counts as 0"
        );
        console.MarkupLine($"To   {ScoreOf(change.To, palette)}");
        console.WriteLine();
        if (change.Parts.Count == 0)
        {
            console.MarkupLine("Nothing changed it.");
            return;
        }

        var table = Tables.New("What changed it", "score");
        table.Columns[0].NoWrap = false;
        foreach (var (name, score) in Lines(change))
        {
            table.AddRow(Markup.Escape(name), Colored(score));
        }

        table.AddRow("[bold]all[/]", $"[bold]{Words.Signed(change.Difference)}[/]");
        console.Write(table);
    }

    /// <summary>The parts that are called alike added up, the largest first.</summary>
    private static IEnumerable<(string Name, double Score)> Lines(ExplainScoreChangeResponse change) =>
        change
            .Parts.GroupBy(part => (part.Kind, ScoreChangeText.SubjectOf(part)))
            .Select(group =>
                (
                    // The terms of a model count the same events.
                    Name: ScoreChangeText.Of(change, group.Key.Kind, group.Key.Item2, group.Max(of => of.EventCount)),
                    Score: group.Sum(part => part.Score)
                )
            )
            .OrderByDescending(line => Math.Abs(line.Score))
            .ThenBy(line => line.Name, StringComparer.Ordinal);

    private static string ScoreOf(CustomerScore score, Palette palette)
    {
        var color = palette.ColorOf(score.Band);
        return $"{Words.Instant(score.ReadTime)}  [bold {color}]{Words.Score(score.Score)}[/]  [{color}]{Markup.Escape(palette.TitleOf(score.Band))}[/]"
            + $"  [grey]{Markup.Escape(score.ModelName)} v{score.ModelVersion}[/]";
    }

    private static string Colored(double score) =>
        score < 0 ? $"[red]{Words.Signed(score)}[/]" : $"[green]{Words.Signed(score)}[/]";
}
