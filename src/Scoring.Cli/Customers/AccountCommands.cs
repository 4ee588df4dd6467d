using System.CommandLine;
using Scoring.Cli.Reading;
using Scoring.Cli.Terminal;
using Scoring.V1;
using Spectre.Console;

namespace Scoring.Cli.Customers;

/// <summary><c>scoring accounts get|list|history|explain|delete</c>.</summary>
internal static class AccountCommands
{
    private const int LargestPage = 100;
    private static readonly string[] Fields = ["account_id", "health", "seats", "customer_count"];

    public static Command Create(Screen screen, ConnectionOptions connection) =>
        new(
            "accounts",
            "List accounts in order with their health, show what is known of one, how it fared and why, delete one."
        )
        {
            Get(screen, connection),
            List(screen, connection),
            AccountHistoryCommand.Create(screen, connection),
            ExplainAccountCommand.Create(screen, connection),
            Delete(screen, connection),
        };

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

    private static Command List(Screen screen, ConnectionOptions connection)
    {
        var filter = new Argument<string>("filter")
        {
            Description =
                "Which, such as: industry = retail AND status IN (churning, stagnating) AND seats >= 20. Fields: attributes, account_id, seats, customer_count, health, "
                + "status. None means all. All of it: docs/customers.md.",
            HelpName = "FILTER",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var options = new ListOptions(filter, Fields, "health", "Most accounts to list.");
        var command = connection.AddReadingTo(
            options.AddTo(
                new Command(
                    "list",
                    "List accounts in order: by health, seats, number of customers or id. Health is the mean of frequency, breadth, depth and growth, each 0 to 100."
                )
            )
        );
        command.SetAction(
            async (parsed, token) =>
            {
                using var client = connection.Connect(parsed);
                var wanted = options.MostOf(parsed);
                var request = new ListAccountsRequest
                {
                    Workspace = connection.WorkspaceOf(parsed),
                    Model = connection.ModelOf(parsed).Name,
                    ModelVersion = connection.ModelOf(parsed).Version,
                    Filter = options.FilterOf(parsed),
                    OrderBy = options.OrderOf(parsed),
                    PageSize = LargestPage,
                    ReadTime = connection.ReadTimeOf(parsed),
                };
                var list = await Pages.ReadAsync(
                    request,
                    asked => client.Customers.ListAccountsAsync(asked, cancellationToken: token),
                    all => wanted - all.Accounts.Count
                );
                screen.Write(list, connection.Json(parsed), console => Show(console, list));
            }
        );
        return command;
    }

    private static void Show(IAnsiConsole console, ListAccountsResponse list)
    {
        if (list.Accounts.Count == 0)
        {
            console.MarkupLine("[grey]No account matches.[/]");
            return;
        }

        AccountView.ShowTable(console, "Account", list.Accounts);
        console.MarkupLine(
            $"[grey]{Words.Count(list.Accounts.Count)} of {Words.Count(list.TotalSize, "account")}, at {Words.Instant(list.ReadTime)}[/]"
        );
    }

    private static Command Delete(Screen screen, ConnectionOptions connection)
    {
        var account = AccountArgument();
        var release = new Option<bool>("--release-customers")
        {
            Description =
                "Leave customers that belong to it without an account; otherwise it is not deleted while there are any.",
        };
        var command = connection.AddTo(
            new Command("delete", "Delete what is known of an account beside its customers.") { account, release }
        );
        command.SetAction(
            async (parsed, token) =>
            {
                using var client = connection.Connect(parsed);
                var request = new DeleteAccountRequest
                {
                    Workspace = connection.WorkspaceOf(parsed),
                    AccountId = parsed.GetRequiredValue(account),
                    ReleaseCustomers = parsed.GetValue(release),
                };
                var deleted = await client.Customers.DeleteAccountAsync(request, cancellationToken: token);
                screen.Write(
                    deleted,
                    connection.Json(parsed),
                    console => CustomerView.ShowDeleted(console, request.AccountId, deleted.AuditTarget)
                );
            }
        );
        return command;
    }

    public static Argument<string> AccountArgument() =>
        new("account") { Description = "The account.", HelpName = "ACCOUNT" };
}
