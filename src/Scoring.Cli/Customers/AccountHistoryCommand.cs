using System.CommandLine;
using Scoring.Cli.Reading;
using Scoring.Cli.Terminal;
using Scoring.Cli.Times;
using Scoring.V1;

namespace Scoring.Cli.Customers;

/// <summary><c>scoring accounts history</c>: how an account fared.</summary>
internal static class AccountHistoryCommand
{
    public static Command Create(Screen screen, ConnectionOptions connection)
    {
        var account = AccountCommands.AccountArgument();
        var window = new WindowOption();
        var history = new HistoryOptions();
        var command = connection.AddPastTo(
            history.AddTo(
                window.AddTo(
                    new Command(
                        "history",
                        "Show how healthy an account was, and how that moves: by the customers, the seats and the events that it had then."
                    )
                    {
                        account,
                    }
                )
            )
        );
        command.SetAction(
            async (parsed, token) =>
            {
                using var client = connection.Connect(parsed);
                var request = new GetAccountHealthHistoryRequest
                {
                    Workspace = connection.WorkspaceOf(parsed),
                    AccountId = parsed.GetRequiredValue(account),
                    Window = window.Of(parsed),
                    Model = connection.ModelOf(parsed).Name,
                    ModelVersion = connection.ModelOf(parsed).Version,
                    StartTime = history.FromOf(parsed),
                    EndTime = history.ToOf(parsed),
                    Period = history.PeriodOf(parsed),
                    KnownAt = history.KnownAtOf(parsed),
                };
                var past = await client.History.GetAccountHealthHistoryAsync(request, cancellationToken: token);
                screen.Write(
                    past,
                    connection.Json(parsed),
                    console => AccountHistoryView.Show(console, past, request.KnownAt)
                );
            }
        );
        return command;
    }
}
