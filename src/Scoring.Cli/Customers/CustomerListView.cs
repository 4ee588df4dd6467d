using Scoring.Cli.Reading;
using Scoring.Cli.Terminal;
using Scoring.V1;
using Spectre.Console;

namespace Scoring.Cli.Customers;

/// <summary>Lists of customers on the screen.</summary>
internal static class CustomerListView
{
    /// <param name="console">Where to.</param>
    /// <param name="list">The list; not empty.</param>
    /// <param name="palette">The bands of its model.</param>
    /// <param name="by">The field that it is in order by.</param>
    public static void Show(IAnsiConsole console, ListCustomersResponse list, Palette palette, string by)
    {
        CustomerTable.Show(console, list.Customers, palette, by);
        console.MarkupLine(
            $"[grey]{Words.Count(list.Customers.Count)} of {Words.Count(list.TotalSize, "customer")} by {Markup.Escape(list.Customers[0].ModelName)} "
                + $"v{list.Customers[0].ModelVersion}, at {Words.Instant(list.ReadTime)}[/]"
        );
        if (list.AheadCustomerCount > 0)
        {
            console.MarkupLine(
                $"[yellow]{Words.Count(list.AheadCustomerCount, "customer")} left out: their newest event lies ahead of the server's clock[/]"
            );
        }
    }
}
