using System.CommandLine;
using Scoring.Cli.Terminal;
using Scoring.V1;
using Spectre.Console;

namespace Scoring.Cli.Customers;

/// <summary><c>scoring customers get|list|history|explain|forecast|merge|delete</c>.</summary>
internal static class CustomerCommands
{
    public static Command Create(Screen screen, ConnectionOptions connection) =>
        new(
            "customers",
            "List customers in order, show all that is known of one, what its score was, why it changed and what becomes of it, merge customers, delete one."
        )
        {
            Get(screen, connection),
            CustomerListCommand.Create(screen, connection),
            HistoryCommand.Create(screen, connection),
            ExplainCommand.Create(screen, connection),
            ForecastCommand.Create(screen, connection),
            Merge(screen, connection),
            Delete(screen, connection),
        };

    private static Command Get(Screen screen, ConnectionOptions connection)
    {
        var customer = CustomerArgument();
        var command = connection.AddTo(
            new Command("get", "Show all that is known of a customer; --json exports it.") { customer }
        );
        command.SetAction(
            async (parsed, token) =>
            {
                using var client = connection.Connect(parsed);
                var request = new GetCustomerRequest
                {
                    Workspace = connection.WorkspaceOf(parsed),
                    CustomerId = parsed.GetRequiredValue(customer),
                };
                var known = await client.Customers.GetCustomerAsync(request, cancellationToken: token);
                screen.Write(known, connection.Json(parsed), console => CustomerView.Show(console, known));
            }
        );
        return command;
    }

    private static Command Merge(Screen screen, ConnectionOptions connection)
    {
        var survivor = new Argument<string>("into") { Description = "The customer that stays.", HelpName = "INTO" };
        var merged = new Argument<string[]>("customers")
        {
            Description =
                "The customers that turned out to be the same, at most 100. Their ids stand for INTO from then on.",
            HelpName = "CUSTOMER",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = connection.AddTo(
            new Command(
                "merge",
                "Merge customers into one: what they did counts for it, for good. Example: scoring customers merge ada anonymous-17"
            )
            {
                survivor,
                merged,
            }
        );
        command.SetAction(
            async (parsed, token) =>
            {
                using var client = connection.Connect(parsed);
                var request = new MergeCustomersRequest
                {
                    Workspace = connection.WorkspaceOf(parsed),
                    CustomerId = parsed.GetRequiredValue(survivor),
                    MergedCustomerIds = { parsed.GetRequiredValue(merged) },
                };
                var answer = await client.Customers.MergeCustomersAsync(request, cancellationToken: token);
                screen.Write(
                    answer,
                    connection.Json(parsed),
                    console =>
                        console.MarkupLineInterpolated(
                            $"{string.Join(", ", request.MergedCustomerIds)} {(request.MergedCustomerIds.Count == 1 ? "stands" : "stand")} for {answer.CustomerId} now."
                        )
                );
            }
        );
        return command;
    }

    private static Command Delete(Screen screen, ConnectionOptions connection)
    {
        var customer = CustomerArgument();
        var command = connection.AddTo(
            new Command("delete", "Delete a customer with all that is known of it.") { customer }
        );
        command.SetAction(
            async (parsed, token) =>
            {
                using var client = connection.Connect(parsed);
                var request = new DeleteCustomerRequest
                {
                    Workspace = connection.WorkspaceOf(parsed),
                    CustomerId = parsed.GetRequiredValue(customer),
                };
                var deleted = await client.Customers.DeleteCustomerAsync(request, cancellationToken: token);
                screen.Write(
                    deleted,
                    connection.Json(parsed),
                    console => CustomerView.ShowDeleted(console, request.CustomerId, deleted.AuditTarget)
                );
            }
        );
        return command;
    }

    /// <summary>The customer that a command is about.</summary>
    internal static Argument<string> CustomerArgument() =>
        new("customer") { Description = "The customer.", HelpName = "CUSTOMER" };
}
