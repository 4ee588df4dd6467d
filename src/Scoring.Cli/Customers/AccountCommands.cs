using System.CommandLine;
using Scoring.Cli.Terminal;
using Scoring.V1;

namespace Scoring.Cli.Customers;

/// <summary><c>scoring accounts get</c>.</summary>
internal static class AccountCommands
{
    public static Command Create(Screen screen, ConnectionOptions connection) =>
        new("accounts", "All that is known of an account: get.") { Get(screen, connection) };

    private static Command Get(Screen screen, ConnectionOptions connection)
    {
        var account = AccountArgument();
        var command = connection.AddTo(
            new Command("get", "Show seats, attributes and the number of customers of an account.") { account }
        );
        command.SetAction(
            async (parsed, token) =>
            {
                using var client = connection.Connect(parsed);
                var request = new GetAccountRequest
                {
                    Workspace = connection.WorkspaceOf(parsed),
                    AccountId = parsed.GetRequiredValue(account),
                };
                var known = await client.Customers.GetAccountAsync(request, cancellationToken: token);
                screen.Write(known, connection.Json(parsed), console => CustomerView.Show(console, known));
            }
        );
        return command;
    }

    private static Argument<string> AccountArgument() =>
        new("account") { Description = "The account.", HelpName = "ACCOUNT" };
}
