using Scoring.Cli.Models;
using Scoring.Cli.Terminal;
using Scoring.V1;
using Spectre.Console;

namespace Scoring.Cli.Reading;

/// <summary>Scores on the screen.</summary>
internal static class ScoreView
{
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
        table.Columns[0].NoWrap = false;
        foreach (var part in score.Contributions.OrderByDescending(c => Math.Abs(c.Points)))
        {
            table.AddRow(
                Words.Plain(TermText.NameOf(part)) + (part.Measure == Measure.Value ? " [grey](value)[/]" : ""),
                TermText.Of(part) is not null ? Words.Absent
                    : part.HalfLifeDays == 0 ? "lifetime"
                    : $"{part.HalfLifeDays} days",
                (IsOfTerm(part) ? Words.Fine(part.Quantity) : Words.Absent) + (part.Capped ? " [grey](capped)[/]" : ""),
                IsOfTerm(part) ? Words.Fine(part.Weight) : Words.Absent,
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

        foreach (var by in score.Contributions.Select(part => part.Adjustment).OfType<ScoreAdjustment>())
        {
            console.MarkupLineInterpolated(
                $"Adjusted by {by.Author} at {Words.Instant(by.CreateTime)}, {TermText.Of(by)} {TermText.HowLong(by)}: {by.Reason}"
            );
        }

        if (score.InGrace)
        {
            console.MarkupLine("In its tenure grace: not at risk, whatever its band.");
        }

        if (score.NextBand is { } next)
        {
            console.MarkupLine(
                $"{Words.Score(next.MissingPoints)} points to {Markup.Escape(palette.TitleOf(next.Band))}."
            );
        }

        console.MarkupLine(
            $"[grey]{Markup.Escape(score.ModelName)} v{score.ModelVersion} at {Words.Instant(score.ReadTime)}, "
                + $"last event {Words.Instant(score.LastEventTime)}[/]"
        );
    }

    public static void ShowUnknown(IAnsiConsole console, IReadOnlyCollection<string> customers)
    {
        if (customers.Count > 0)
        {
            console.MarkupLineInterpolated($"[red]unknown: {string.Join(", ", customers)}[/]");
        }
    }

    /// <summary>Whether a term brings a part of a score, rather than an adjustment or a limit.</summary>
    private static bool IsOfTerm(Contribution part) =>
        part.KindCase is not (Contribution.KindOneofCase.Adjustment or Contribution.KindOneofCase.CutOff);

    private static string Colored(double points) =>
        points < 0 ? $"[red]{Words.Signed(points)}[/]" : $"[green]{Words.Signed(points)}[/]";
}
