using Scoring.Cli.Terminal;
using Scoring.V1;
using Spectre.Console;

namespace Scoring.Cli.Models;

/// <summary>Models on the screen.</summary>
internal static class ModelView
{
    public static void Show(IAnsiConsole console, ScoringModel model)
    {
        var palette = new Palette(model);
        console.MarkupLine(
            $"[bold]{Markup.Escape(model.Name)}[/] v{model.Version}, changed {Words.Instant(model.UpdateTime)}{By(model)}"
        );
        if (model.Description.Length > 0)
        {
            console.MarkupLineInterpolated($"[grey]{model.Description}[/]");
        }

        console.WriteLine();
        var withDimensions = model.Dimensions.Count > 0;
        Tables.WriteFitted(
            console,
            [
                new Column("What counts", IsText: true, Wraps: true),
                .. withDimensions ? [new Column("dimension", IsText: true)] : (Column[])[],
                new Column("half-life"),
                new Column("weight"),
                new Column("cap"),
            ],
            [
                .. model.Terms.Select(term =>
                    (string[])
                        [
                            Words.Plain(TermText.Of(term) ?? term.EventType)
                                + (term.Measure == Measure.Value ? " [grey](value)[/]" : ""),
                            .. withDimensions ? [Markup.Escape(term.Dimension)] : (string[])[],
                            TermText.Of(term) is not null ? Words.Absent
                            : term.HalfLifeDays == 0 ? "lifetime"
                            : $"{term.HalfLifeDays} days",
                            Words.Fine(term.Weight),
                            term.HasCap ? Words.Number(term.Cap) : Words.Absent,
                        ]
                ),
            ]
        );
        console.MarkupLine($"{Words.Number(model.TargetPoints)} points make a score of 100.");
        ShowLimits(console, model);
        console.MarkupLine("Bands: " + string.Join(", ", model.Bands.Select(band => BandText(band, palette))));
        if (model.UnscoredEventTypes.Count > 0)
        {
            console.MarkupLineInterpolated(
                $"[yellow]Recorded, but worth nothing in any model: {string.Join(", ", model.UnscoredEventTypes)}[/]"
            );
        }
    }

    public static void ShowList(IAnsiConsole console, IEnumerable<ScoringModel> models)
    {
        var table = Tables.New("Model", "version", "terms", "changed", "description");
        table.Columns[4].LeftAligned();
        table.Columns[4].NoWrap = false;
        foreach (var model in models)
        {
            table.AddRow(
                Markup.Escape(model.Name),
                $"{model.Version}",
                $"{model.Terms.Count}",
                Words.Instant(model.UpdateTime),
                Markup.Escape(model.Description)
            );
        }

        console.Write(table);
    }

    public static void ShowVersions(IAnsiConsole console, IEnumerable<ScoringModel> versions)
    {
        var table = Tables.New("Version", "changed", "by", "why");
        table.Columns[2].LeftAligned();
        table.Columns[3].LeftAligned();
        table.Columns[3].NoWrap = false;
        foreach (var version in versions)
        {
            table.AddRow(
                $"{Markup.Escape(version.Name)}@{version.Version}",
                Words.Instant(version.UpdateTime),
                version.Author.Length > 0 ? Markup.Escape(version.Author) : Words.Absent,
                Markup.Escape(version.ChangeNote)
            );
        }

        console.Write(table);
    }

    private static void ShowLimits(IAnsiConsole console, ScoringModel model)
    {
        if (model.Dimensions.Count > 0)
        {
            var dimensions = model.Dimensions.Select(dimension =>
                dimension.Name + (dimension.HasCap ? $" up to {Words.Number(dimension.Cap)} points" : "")
            );
            console.MarkupLineInterpolated($"Dimensions: {string.Join(", ", dimensions)}");
        }
        if (model.HasFloor)
        {
            console.MarkupLine($"No score is below {Words.Number(model.Floor)}.");
        }
        if (model.HasCeiling)
        {
            console.MarkupLine($"No score is above {Words.Number(model.Ceiling)}.");
        }
        if (model.GraceDays > 0)
        {
            console.MarkupLine($"In its first {Words.Count(model.GraceDays, "day")} nobody is at risk.");
        }
    }

    private static string By(ScoringModel model) =>
        (model.Author.Length > 0 ? $" by {Markup.Escape(model.Author)}" : "")
        + (model.ChangeNote.Length > 0 ? $": {Markup.Escape(model.ChangeNote)}" : "");

    private static string BandText(Band band, Palette palette)
    {
        var end = band.UpperEndCase switch
        {
            Band.UpperEndOneofCase.Below => $" below {Words.Number(band.Below)}",
            Band.UpperEndOneofCase.AtMost => $" up to {Words.Number(band.AtMost)}",
            _ => " above",
        };
        return $"[{palette.ColorOf(band.Name)}]{Markup.Escape(palette.TitleOf(band.Name))}[/]{end}";
    }
}
