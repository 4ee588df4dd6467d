using Scoring.Cli.Models;
using Scoring.Cli.Terminal;
using Scoring.V1;
using Spectre.Console;

namespace Scoring.Cli.Customers;

/// <summary>Lists of customers on the screen.</summary>
internal static class CustomerListView
{
    public static void Show(IAnsiConsole console, ListCustomersResponse list, Palette palette)
    {
        if (list.Customers.Count == 0)
        {
            console.MarkupLine("[grey]Nobody matches.[/]");
            return;
        }

        var withWhy = list.Customers.Any(customer => customer.Contributions.Count > 0);
        string[] columns = ["Customer", "account", "score", "band", "stage"];
        var table = Tables.New([
            .. columns,
            .. withWhy ? ["mostly because of (points)"] : (string[])["momentum", "last event"],
        ]);
        if (withWhy)
        {
            table.Columns[^1].LeftAligned().NoWrap = false;
        }

        foreach (var customer in list.Customers)
        {
            string[] cells =
            [
                Markup.Escape(customer.CustomerId),
                Markup.Escape(customer.AccountId),
                $"[{palette.ColorOf(customer.Band)}]{Words.Score(customer.Score)}[/]",
                Markup.Escape(palette.TitleOf(customer.Band)),
                Words.Lifecycle(customer.Lifecycle),
            ];
            table.AddRow([
                .. cells,
                .. withWhy
                    ? [Why(customer)]
                    : (string[])
                        [
                            Words.Momentum(customer.HasMomentum ? customer.Momentum : null),
                            Words.Instant(customer.LastEventTime),
                        ],
            ]);
        }

        console.Write(table);
        console.MarkupLine(
            $"[grey]{Words.Count(list.Customers.Count)} of {Words.Count(list.TotalSize, "customer")}, at {Words.Instant(list.ReadTime)}[/]"
        );
        if (list.AheadCustomerCount > 0)
        {
            console.MarkupLine(
                $"[yellow]{Words.Count(list.AheadCustomerCount, "customer")} left out: their newest event lies ahead of the server's clock[/]"
            );
        }
    }

    private static string Why(CustomerScore customer) =>
        string.Join(
            ", ",
            customer.Contributions.Select(c => $"{Words.Plain(TermText.NameOf(c))} {Words.Points(c.Points)}")
        );
}
