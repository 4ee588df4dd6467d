using Google.Protobuf.WellKnownTypes;
using Scoring.Cli.Models;
using Scoring.Cli.Terminal;
using Scoring.V1;
using Spectre.Console;

namespace Scoring.Cli.Customers;

/// <summary>What is known of customers and accounts on the screen.</summary>
internal static class CustomerView
{
    public static void Show(IAnsiConsole console, CustomerDetails customer)
    {
        var account =
            customer.AccountId.Length > 0
                ? $" of {customer.AccountId} since {Words.Instant(customer.AccountAssignTime)}"
                : "";
        console.MarkupLine($"[bold]{Markup.Escape(customer.CustomerId)}[/]{Markup.Escape(account)}");
        console.MarkupLine(
            $"{Words.Lifecycle(customer.Lifecycle)}  known since {Day(customer.FirstDay)}, last event {Words.Instant(customer.LastEventTime)}, "
                + $"{Words.Count(customer.ActiveDays.Count, "active day")} of the last 192"
        );
        if (customer.MergedCustomerIds.Count > 0)
        {
            console.MarkupLineInterpolated($"merged: {string.Join(", ", customer.MergedCustomerIds)}");
        }

        ShowAttributes(console, customer.Attributes);
        console.WriteLine();
        var events = Tables.New("Events", "number", "sum of values", "last");
        foreach (var type in customer.Events)
        {
            events.AddRow(
                Markup.Escape(type.EventType),
                Words.Count(type.EventCount),
                Words.Fine(type.ValueSum),
                Day(type.LastDay)
            );
        }

        console.Write(events);
        foreach (var of in customer.Adjustments)
        {
            console.MarkupLineInterpolated(
                $"Adjusted in {of.Model}: {TermText.Of(of)} {TermText.HowLong(of)}, by {of.Author}: {of.Reason}"
            );
        }

        if (customer.Features.Count == 0)
        {
            return;
        }

        var features = Tables.New("Features", "uses", "last used");
        foreach (var use in customer.Features)
        {
            features.AddRow(Markup.Escape(use.Feature), Words.Count(use.UseCount), Day(use.LastUseDay));
        }

        console.Write(features);
    }

    public static void Show(IAnsiConsole console, AccountDetails account)
    {
        var seats = account.HasSeatCount ? Words.Count(account.SeatCount, "seat") : "seats unknown";
        console.MarkupLine(
            $"[bold]{Markup.Escape(account.AccountId)}[/]: {Words.Count(account.CustomerCount, "customer")}, {seats}"
        );
        ShowAttributes(console, account.Attributes);
    }

    public static void ShowDeleted(IAnsiConsole console, string id, string auditTarget)
    {
        console.MarkupLineInterpolated($"{id} is deleted.");
        console.MarkupLineInterpolated($"[grey]The audit log names it {auditTarget}.[/]");
    }

    private static void ShowAttributes(IAnsiConsole console, IEnumerable<KeyValuePair<string, string>> attributes)
    {
        foreach (var (key, value) in attributes.OrderBy(attribute => attribute.Key, StringComparer.Ordinal))
        {
            console.MarkupLineInterpolated($"  {key} = {value}");
        }
    }

    private static string Day(Timestamp? day) => day is null ? Words.Absent : $"{day.ToDateTime():yyyy-MM-dd}";
}
