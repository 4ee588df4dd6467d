using Scoring.Cli.Models;
using Scoring.Cli.Terminal;
using Scoring.V1;
using Spectre.Console;

namespace Scoring.Cli.Reading;

/// <summary>Scores on the screen.</summary>
internal static class ScoreView
{
    private const int WhyWidth = 54;

    /// <summary>One customer with everything that is known of its score.</summary>
    public static void Show(IAnsiConsole console, CustomerScore score, Palette palette)
    {
        var color = palette.ColorOf(score.Band);
        var account = score.AccountId.Length > 0 ? $" of {score.AccountId}" : "";
        console.MarkupLine($"[bold]{Markup.Escape(score.CustomerId)}[/]{Markup.Escape(account)}");
        console.MarkupLine(
            $"score [bold {color}]{Words.Score(score.Score)}[/]  [{color}]{Markup.Escape(palette.TitleOf(score.Band))}[/]"
                + $"  {Words.Lifecycle(score.Lifecycle)}  momentum {Words.Momentum(score.HasMomentum ? score.Momentum : null)}"
        );
        console.WriteLine();
        var table = Tables.New("What it is made of", "half-life", "quantity", "weight", "points");
        foreach (var part in score.Contributions.OrderByDescending(c => Math.Abs(c.Points)))
        {
            table.AddRow(
                Words.Plain(TermText.NameOf(part)) + (part.Measure == Measure.Value ? " [grey](value)[/]" : ""),
                TermText.Of(part) is not null ? Words.Absent
                    : part.HalfLifeDays == 0 ? "lifetime"
                    : $"{part.HalfLifeDays} days",
                (part.KindCase == Contribution.KindOneofCase.CutOff ? Words.Absent : Words.Fine(part.Quantity))
                    + (part.Capped ? " [grey](capped)[/]" : ""),
                part.KindCase == Contribution.KindOneofCase.CutOff ? Words.Absent : Words.Fine(part.Weight),
                Colored(part.Points)
            );
        }

        table.AddRow("[bold]all[/]", "", "", "", $"[bold]{Words.Signed(score.Points)}[/]");
        console.Write(table);
        if (score.Dimensions.Count > 0)
        {
            var dimensions = score.Dimensions.Select(of =>
                $"{(of.Title.Length > 0 ? of.Title : of.Dimension)} {Words.Signed(of.Points)}{(of.Capped ? " (capped)" : "")}"
            );
            console.MarkupLineInterpolated($"By dimension: {string.Join(", ", dimensions)}.");
        }

        if (score.InGrace)
        {
            console.MarkupLine("In its tenure grace: not at risk, whatever its band.");
        }

        if (score.NextBand is { } next)
        {
            console.MarkupLine($"{Next(next, palette)}.");
        }

        console.MarkupLine(
            $"[grey]{Markup.Escape(score.ModelName)} v{score.ModelVersion} at {Words.Instant(score.ReadTime)}, "
                + $"last event {Words.Instant(score.LastEventTime)}[/]"
        );
    }

    /// <summary>Several customers, one line each, with the largest reasons.</summary>
    public static void ShowTable(IAnsiConsole console, IEnumerable<CustomerScore> scores, Palette palette)
    {
        var table = Tables.New(
            "Customer",
            "score",
            "lifecycle",
            "momentum",
            "mostly because of (points)",
            "to the next band"
        );
        foreach (var score in scores)
        {
            var color = palette.ColorOf(score.Band);
            table.AddRow(
                Markup.Escape(score.CustomerId),
                $"[{color}]{Words.Score(score.Score)}[/]",
                Words.Lifecycle(score.Lifecycle),
                Words.Momentum(score.HasMomentum ? score.Momentum : null),
                Why(score),
                score.NextBand is { } next
                    ? $"{Words.Score(next.MissingPoints)} to {Markup.Escape(palette.TitleOf(next.Band))}"
                    : Words.Absent
            );
        }

        table.Columns[2].LeftAligned();
        table.Columns[4].LeftAligned();
        table.Columns[4].NoWrap = false;
        table.Columns[5].LeftAligned();
        console.Write(table);
    }

    public static void ShowUnknown(IAnsiConsole console, IReadOnlyCollection<string> customers)
    {
        if (customers.Count > 0)
        {
            console.MarkupLineInterpolated($"[red]unknown: {string.Join(", ", customers)}[/]");
        }
    }

    /// <summary>The largest contributions, the half-lives of one event type taken together, as many as fit a line.</summary>
    private static string Why(CustomerScore score)
    {
        var parts = score
            .Contributions.GroupBy(TermText.NameOf, StringComparer.Ordinal)
            .Select(group => (Type: Words.Plain(group.Key), Points: group.Sum(c => c.Points)))
            .Where(part => Math.Abs(part.Points) >= 0.5)
            .OrderByDescending(part => Math.Abs(part.Points));
        var room = WhyWidth;
        var shown = new List<string>();
        foreach (var (type, points) in parts)
        {
            room -= type.Length + Words.Points(points).Length + 3;
            if (room < 0 && shown.Count > 0)
            {
                break;
            }

            shown.Add($"{type} {Whole(points)}");
        }

        return shown.Count == 0 ? "[grey]nothing lately[/]" : string.Join(", ", shown);
    }

    private static string Next(NextBand next, Palette palette) =>
        $"{Words.Score(next.MissingPoints)} points to {Markup.Escape(palette.TitleOf(next.Band))}";

    private static string Whole(double points) =>
        points < 0 ? $"[red]{Words.Points(points)}[/]" : $"[green]{Words.Points(points)}[/]";

    private static string Colored(double points) =>
        points < 0 ? $"[red]{Words.Signed(points)}[/]" : $"[green]{Words.Signed(points)}[/]";
}
