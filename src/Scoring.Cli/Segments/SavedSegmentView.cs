using Scoring.Cli.Terminal;
using Scoring.V1;
using Spectre.Console;

namespace Scoring.Cli.Segments;

/// <summary>Saved segments on the screen.</summary>
internal static class SavedSegmentView
{
    public static void Show(IAnsiConsole console, Segment segment)
    {
        console.MarkupLineInterpolated($"[bold]{segment.Name}[/]: {segment.Filter}");
        if (segment.Description.Length > 0)
        {
            console.MarkupLineInterpolated($"{segment.Description}");
        }
        console.MarkupLineInterpolated(
            $"Put by {segment.Author} at {Words.Instant(segment.UpdateTime)}, etag {segment.Etag}."
        );
    }

    public static void ShowList(IAnsiConsole console, IReadOnlyCollection<Segment> segments)
    {
        if (segments.Count == 0)
        {
            console.MarkupLine("There are no saved segments. Put one with: scoring segments put NAME FILTER");
            return;
        }

        var table = Tables.New("Segment", "filter", "description", "put by");
        foreach (var wide in table.Columns.Skip(1))
        {
            wide.LeftAligned();
            wide.NoWrap = false;
        }

        foreach (var segment in segments)
        {
            table.AddRow(
                Markup.Escape(segment.Name),
                Markup.Escape(segment.Filter),
                Markup.Escape(segment.Description),
                Markup.Escape(segment.Author)
            );
        }

        console.Write(table);
    }
}
