using Scoring.Client;
using Scoring.V1;
using Spectre.Console;

namespace Scoring.Cli.Reading;

/// <summary>What is told where nobody matches a filter.</summary>
internal static class EmptySegment
{
    /// <summary>Says so, and asks the server what was perhaps meant: only statistics tell.</summary>
    public static async Task ShowAsync(
        IAnsiConsole console,
        ScoringClient client,
        GetSegmentStatsRequest asked,
        CancellationToken cancellationToken
    )
    {
        console.MarkupLine("[grey]Nobody matches.[/]");
        SegmentView.ShowHints(
            console,
            await client.Scoring.GetSegmentStatsAsync(asked, cancellationToken: cancellationToken)
        );
    }
}
