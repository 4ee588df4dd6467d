using Scoring.Cli.Terminal;
using Spectre.Console;

namespace Scoring.Cli.Import;

/// <summary>The reconciliation on the screen.</summary>
internal static class ImportView
{
    public static void Show(IAnsiConsole console, ImportReport report)
    {
        var table = Tables.New(
            "File",
            "becomes",
            "rows read",
            "not wanted",
            "earlier",
            "accepted",
            "duplicates",
            "rejected"
        );
        table.Columns[1].LeftAligned();
        foreach (var rule in report.Lines)
        {
            table.AddRow(
                Markup.Escape(rule.File),
                Markup.Escape(rule.Becomes),
                Words.Count(rule.Rows),
                Words.Count(rule.NotWanted),
                Words.Count(rule.ImportedEarlier),
                $"[green]{Words.Count(rule.Accepted)}[/]",
                Words.Count(rule.Duplicates),
                rule.Rejected > 0 ? $"[red]{Words.Count(rule.Rejected)}[/]" : "0"
            );
        }

        console.Write(table);
        ShowRejections(console, report);
        console.MarkupLine(
            report.Tallies
                ? "Every line tallies: rows read = not wanted + imported earlier + accepted + duplicates + rejected."
                : "[red]The sums do not tally.[/]"
        );
    }

    private static void ShowRejections(IAnsiConsole console, ImportReport report)
    {
        if (report.Rejected == 0)
        {
            return;
        }

        var table = Tables.New("Rejected", "becomes", "rows", "reason", "first line", "what is wrong there");
        table.Columns[5].NoWrap = false;
        table.Columns[1].LeftAligned();
        table.Columns[3].LeftAligned();
        table.Columns[5].LeftAligned();
        foreach (var rule in report.Lines)
        {
            foreach (var rejection in rule.Rejections)
            {
                table.AddRow(
                    Markup.Escape(rule.File),
                    Markup.Escape(rule.Becomes),
                    Words.Count(rejection.Rows),
                    Markup.Escape(rejection.Reason),
                    Words.Count(rejection.FirstLine),
                    Markup.Escape(rejection.FirstMessage)
                );
            }
        }

        console.Write(table);
    }
}
