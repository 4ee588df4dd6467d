using Google.Protobuf.WellKnownTypes;
using Scoring.Cli.Reading;
using Scoring.Cli.Terminal;
using Scoring.V1;
using Spectre.Console;

namespace Scoring.Cli.Customers;

/// <summary>Why the health of an account changed, on the screen: a line for each reason, with what it adds by each dimension.</summary>
internal static class AccountChangeView
{
    private static readonly (HealthDimension Dimension, string Title)[] Dimensions =
    [
        (HealthDimension.Frequency, "frequency"),
        (HealthDimension.Breadth, "breadth"),
        (HealthDimension.Depth, "depth"),
        (HealthDimension.Growth, "growth"),
    ];

    /// <param name="console">Where to.</param>
    /// <param name="change">The change.</param>
    /// <param name="knownAt">What was received later is left out; null for nothing.</param>
    public static void Show(IAnsiConsole console, ExplainAccountHealthChangeResponse change, Timestamp? knownAt)
    {
        console.MarkupLine($"[bold]{Markup.Escape(change.AccountId)}[/]");
        console.MarkupLine($"From {HealthOf(change.From)}");
        console.MarkupLine($"To   {HealthOf(change.To)}");
        console.WriteLine();
        var table = Tables.New(["What changed it", .. Dimensions.Select(of => of.Title), "health"]);
        table.Columns[0].NoWrap = false;
        var reasons = change
            .Parts.GroupBy(NameOf)
            .OrderByDescending(of => Math.Abs(of.Sum(part => part.HealthMicros)))
            .ThenBy(of => of.Key, StringComparer.Ordinal);
        foreach (var reason in reasons)
        {
            table.AddRow([
                Markup.Escape(reason.Key),
                .. Dimensions.Select(of => Words.Signed(SumOf(reason.Where(part => part.Dimension == of.Dimension)))),
                Colored(SumOf(reason)),
            ]);
        }
        table.AddRow([
            "[bold]all[/]",
            .. Dimensions.Select(of => Words.Signed(SumOf(change.Parts.Where(part => part.Dimension == of.Dimension)))),
            $"[bold]{Words.Signed(change.Difference)}[/]",
        ]);
        console.Write(table);
        var known = knownAt is null ? "by all that is known now" : $"as it was known at {Words.Instant(knownAt)}";
        console.MarkupLine($"[grey]{change.Window.ToTimeSpan().TotalDays:0} days up to each, {known}[/]");
    }

    private static string HealthOf(AccountHealthPoint? point) =>
        point is null
            ? "nothing was known of it, which counts as 0"
            : $"{Words.Instant(point.Time)}  [bold]{AccountView.Part(point.HasScore ? point.Score : null)}[/]  {AccountView.Status(point.Status)}";

    private static string NameOf(AccountHealthChangePart part) =>
        part.Kind switch
        {
            AccountChangeKind.Time => "Time alone",
            AccountChangeKind.Seats => "Seats",
            AccountChangeKind.KeyFeatures => "New key features",
            AccountChangeKind.Left => $"{Words.Count(part.CustomerCount, "customer")} left",
            AccountChangeKind.Merged => $"{Words.Count(part.CustomerCount, "customer")} merged into others",
            AccountChangeKind.Joined => $"{Words.Count(part.CustomerCount, "customer")} joined",
            AccountChangeKind.New => $"{Words.Count(part.CustomerCount, "new customer")}",
            AccountChangeKind.Adopted => $"{Words.Count(part.CustomerCount, "customer")} merged into some of its own",
            AccountChangeKind.Events => $"{Words.Count(part.EventCount, "event")} of type {part.Subject}",
            AccountChangeKind.Pruning => "Removed names",
            _ => part.Kind.ToString(),
        };

    private static double SumOf(IEnumerable<AccountHealthChangePart> parts) =>
        parts.Sum(part => part.HealthMicros) / 1e6;

    private static string Colored(double health) =>
        health < 0 ? $"[red]{Words.Signed(health)}[/]" : $"[green]{Words.Signed(health)}[/]";
}
