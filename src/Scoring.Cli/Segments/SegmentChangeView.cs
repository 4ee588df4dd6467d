using Scoring.Cli.Customers;
using Scoring.Cli.Terminal;
using Scoring.V1;
using Spectre.Console;

namespace Scoring.Cli.Segments;

/// <summary>Why the mean score of a segment changed, on the screen.</summary>
internal static class SegmentChangeView
{
    private const double MicrosPerScore = 1e6;

    /// <param name="console">Where to.</param>
    /// <param name="request">What was asked.</param>
    /// <param name="change">The change.</param>
    public static void Show(
        IAnsiConsole console,
        ExplainSegmentChangeRequest request,
        ExplainSegmentChangeResponse change
    )
    {
        console.MarkupLine($"[bold]{Markup.Escape(SegmentArguments.TitleOf(request.Segment, request.Filter))}[/]");
        console.MarkupLine(
            $"From {Words.Instant(change.StartTime)}  {MeanOf(change.FromMeanMicros, change.FromCustomerCount)}"
        );
        console.MarkupLine(
            $"To   {Words.Instant(change.EndTime)}  {MeanOf(change.ToMeanMicros, change.ToCustomerCount)}"
        );
        console.WriteLine();
        var table = Tables.New("What changed it", "customers", "mean");
        table.Columns[0].NoWrap = false;
        foreach (var (name, customers, mean) in Lines(change))
        {
            table.AddRow(Markup.Escape(name), Words.Count(customers), Colored(mean));
        }
        table.AddRow("[bold]all[/]", "", $"[bold]{Words.Signed(change.Difference)}[/]");
        console.Write(table);
        console.MarkupLine(
            $"[grey]{Markup.Escape(change.ModelName)} v{change.ModelVersion}, {SegmentArguments.KnownAt(request.KnownAt)}[/]"
        );
    }

    /// <summary>The parts that are called alike added up, and those who came and went, the largest first.</summary>
    private static IEnumerable<(string Name, long Customers, double Mean)> Lines(ExplainSegmentChangeResponse change)
    {
        var parts = change
            .Parts.Select(part => (Text: PartOf(part), part.CustomerCount, part.Mean))
            .GroupBy(part => part.Text)
            .Select(of => (of.Key, of.Max(part => part.CustomerCount), of.Sum(part => part.Mean)));
        var groups = change
            .Groups.Where(of => of.CustomerCount > 0 && of.Kind != SegmentChangeGroupKind.Stayed)
            .Select(of => (NameOf(of), of.CustomerCount, of.Mean));
        return parts
            .Concat(groups)
            .OrderByDescending(line => Math.Abs(line.Item3))
            .ThenBy(line => line.Item1, StringComparer.Ordinal);
    }

    private static string PartOf(SegmentChangePart part) =>
        ScoreChangeText.Of(
            new ScoreChangePart
            {
                Kind = part.Kind,
                Term = part.Term,
                Subject = part.Subject,
                EventCount = part.EventCount,
            }
        );

    private static string NameOf(SegmentChangeGroup group)
    {
        var mean = Words.Score(group.HasToMean ? group.ToMean : group.FromMean);
        return group.Kind switch
        {
            SegmentChangeGroupKind.Joined => $"Who joined, {mean} on average",
            SegmentChangeGroupKind.New => $"Who is new, {mean} on average",
            SegmentChangeGroupKind.Left => $"Who left, {Words.Score(group.FromMean)} on average before",
            SegmentChangeGroupKind.Merged => $"Who was merged, {mean} on average before",
            _ => group.Kind.ToString(),
        };
    }

    private static string MeanOf(long micros, long customers) =>
        customers == 0
            ? "nobody belonged to it, which counts as 0"
            : $"[bold]{Words.Score(micros / MicrosPerScore)}[/]  mean of {Words.Count(customers, "customer")}";

    private static string Colored(double mean) =>
        mean < 0 ? $"[red]{Words.Signed(mean)}[/]" : $"[green]{Words.Signed(mean)}[/]";
}
