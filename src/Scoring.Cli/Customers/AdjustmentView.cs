using Scoring.Cli.Models;
using Scoring.Cli.Terminal;
using Scoring.V1;
using Spectre.Console;

namespace Scoring.Cli.Customers;

/// <summary>Manual adjustments on the screen.</summary>
internal static class AdjustmentView
{
    public static void Show(IAnsiConsole console, ScoreAdjustment adjustment) =>
        console.MarkupLineInterpolated(
            $"The score of {adjustment.CustomerId} in {adjustment.Model} is {TermText.Of(adjustment)} {TermText.HowLong(adjustment)}: {adjustment.Reason}"
        );

    public static void ShowRemoved(IAnsiConsole console, string customer, string model) =>
        console.MarkupLineInterpolated($"The score of {customer} is what {model} says again.");

    public static void ShowList(IAnsiConsole console, IReadOnlyCollection<ScoreAdjustment> adjustments)
    {
        if (adjustments.Count == 0)
        {
            console.MarkupLine(
                "Nothing is adjusted. Adjust a score with: scoring adjustments put CUSTOMER --model NAME --add SCORE --reason TEXT"
            );
            return;
        }

        var table = Tables.New("Customer", "model", "score", "holds", "put by", "reason");
        foreach (var column in table.Columns.Skip(1))
        {
            column.LeftAligned();
        }

        table.Columns[^1].NoWrap = false;
        foreach (var adjustment in adjustments)
        {
            table.AddRow(
                Markup.Escape(adjustment.CustomerId),
                Markup.Escape(adjustment.Model),
                TermText.Of(adjustment),
                TermText.HowLong(adjustment),
                Markup.Escape(adjustment.Author),
                Markup.Escape(adjustment.Reason)
            );
        }

        console.Write(table);
    }
}
