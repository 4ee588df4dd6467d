using Scoring.Cli.Models;
using Scoring.Cli.Terminal;
using Scoring.V1;
using Spectre.Console;

namespace Scoring.Cli.Reading;

/// <summary>Several customers, a line each.</summary>
internal static class CustomerTable
{
    private const int MostReasons = 3;

    // What is shown as 0 is no reason.
    private const double LeastReason = 0.5;

    /// <summary>Shows them with the largest reasons for their scores, where contributions are told, else with their newest event.</summary>
    /// <param name="console">Where to.</param>
    /// <param name="customers">The customers, in their order; at least one.</param>
    /// <param name="palette">The bands of the model that they are scored by.</param>
    /// <param name="by">What they are in order by, which is shown in any case: a field of ListCustomers.</param>
    public static void Show(
        IAnsiConsole console,
        IReadOnlyCollection<CustomerScore> customers,
        Palette palette,
        string by = "score"
    )
    {
        var withReasons = customers.Any(customer => customer.Contributions.Count > 0);
        List<(Column Column, Func<CustomerScore, string> Cell)> parts =
        [
            (new Column("Customer", IsText: true), c => Markup.Escape(c.CustomerId)),
            (new Column("account", IsText: true, Spare: 2), c => Markup.Escape(c.AccountId)),
            (new Column("score"), c => $"[{palette.ColorOf(c.Band)}]{Words.Score(c.Score)}[/]"),
            (new Column("lifecycle", IsText: true, Spare: 3), c => Words.Lifecycle(c.Lifecycle)),
            (
                new Column("momentum", Spare: by == "momentum" ? 0 : 1),
                c => Words.Momentum(c.HasMomentum ? c.Momentum : null)
            ),
        ];
        if (!withReasons)
        {
            parts.Insert(3, (new Column("band", IsText: true), c => Markup.Escape(palette.TitleOf(c.Band))));
        }

        if (!withReasons || by == "last_event")
        {
            parts.Add((new Column("last event"), c => Words.Instant(c.LastEventTime)));
        }

        if (withReasons)
        {
            parts.Add((new Column("mostly because of (points)", IsText: true, Wraps: true), Reasons));
        }

        Tables.WriteFitted(
            console,
            [.. parts.Select(part => part.Column)],
            [.. customers.Select(customer => parts.Select(part => part.Cell(customer)).ToArray())]
        );
    }

    /// <summary>The largest contributions, the half-lives of one event type taken together.</summary>
    private static string Reasons(CustomerScore customer)
    {
        var reasons = customer
            .Contributions.GroupBy(TermText.NameOf, StringComparer.Ordinal)
            .Select(group => (Name: Words.Plain(group.Key), Points: group.Sum(c => c.Points)))
            .Where(reason => Math.Abs(reason.Points) >= LeastReason)
            .OrderByDescending(reason => Math.Abs(reason.Points))
            .Take(MostReasons)
            .Select(reason =>
                $"{reason.Name} [{(reason.Points < 0 ? "red" : "green")}]{Words.Points(reason.Points)}[/]"
            )
            .ToList();
        return reasons.Count == 0 ? "[grey]nothing of weight[/]" : string.Join(", ", reasons);
    }
}
