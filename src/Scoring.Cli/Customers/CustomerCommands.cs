using System.CommandLine;
using Scoring.Cli.Terminal;
using Scoring.V1;

namespace Scoring.Cli.Customers;

/// <summary><c>scoring customers get|list|delete</c>.</summary>
internal static class CustomerCommands
{
    public static Command Create(Screen screen, ConnectionOptions connection) =>
        new("customers", "List customers in order, show all that is known of one, delete one.")
        {
            Get(screen, connection),
            CustomerListCommand.Create(screen, connection),
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

    private static Argument<string> CustomerArgument() =>
        new("customer") { Description = "The customer.", HelpName = "CUSTOMER" };
}
