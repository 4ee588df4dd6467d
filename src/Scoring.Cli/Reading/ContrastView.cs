using Scoring.Cli.Terminal;
using Scoring.V1;
using Spectre.Console;

namespace Scoring.Cli.Reading;

/// <summary>What tells two segments apart on the screen.</summary>
internal static class ContrastView
{
    public static void Show(IAnsiConsole console, ContrastSegmentsResponse contrast)
    {
        if (contrast.CustomerCount == 0 || contrast.OtherCustomerCount == 0)
        {
            console.MarkupLine("[grey]Nobody matches one of them, so there is nothing to compare.[/]");
            return;
        }

        if (contrast.Traits.Count == 0)
        {
            console.MarkupLine(
                $"[grey]None of {Words.Count(contrast.TraitCount)} events, features and attributes differs by more than may be chance.[/]"
            );
            return;
        }

        var table = Tables.New(
            "What",
            $"of {Words.Count(contrast.CustomerCount)}",
            $"of {Words.Count(contrast.OtherCustomerCount)}",
            "difference",
            "interval"
        );
        foreach (var trait in contrast.Traits)
        {
            table.AddRow(
                Markup.Escape(NameOf(trait)),
                Words.Percent0(trait.Share),
                Words.Percent0(trait.OtherShare),
                $"[{(trait.Difference > 0 ? "green" : "red")}]{Words.Points(100 * trait.Difference)}[/]",
                $"[grey]{Words.Points(100 * trait.LowerBound)} to {Words.Points(100 * trait.UpperBound)}[/]"
            );
        }

        console.Write(table);
        console.MarkupLine($"[grey]shares of customers who have it, differences in percentage points[/]");
        console.MarkupLine(
            $"[grey]the intervals of all {Words.Count(contrast.TraitCount)} things looked at hold together with 95 %; what may be chance is not shown[/]"
        );
    }

    private static string NameOf(TraitDifference trait) =>
        trait.TraitCase switch
        {
            TraitDifference.TraitOneofCase.EventType => $"event {trait.EventType}",
            TraitDifference.TraitOneofCase.Feature => $"feature {trait.Feature}",
            _ => $"{trait.Attribute?.Key} = {trait.Attribute?.Value}",
        };
}
