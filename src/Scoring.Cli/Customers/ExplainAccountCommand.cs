using System.CommandLine;
using Scoring.Cli.Reading;
using Scoring.Cli.Terminal;
using Scoring.Cli.Times;
using Scoring.V1;

namespace Scoring.Cli.Customers;

/// <summary><c>scoring accounts explain</c>: why the health of an account changed.</summary>
internal static class ExplainAccountCommand
{
    public static Command Create(Screen screen, ConnectionOptions connection)
    {
        var account = AccountCommands.AccountArgument();
        var window = new WindowOption();
        var from = RelativeTime.Past("--from", "The first instant.");
        from.Required = true;
        var to = RelativeTime.Past("--to", "The second instant; now unless given.");
        var knownAt = RelativeTime.Past(
            "--known-at",
            "Leave out what was received later, as if it were not known yet; all that is known now counts unless given."
        );
        var command = connection.AddPastTo(
            window.AddTo(
                new Command(
                    "explain",
                    "Show why the health of an account changed between two instants, in parts that add up to the difference."
                )
                {
                    account,
                    from,
                    to,
                    knownAt,
                }
            )
        );
        command.SetAction(
            async (parsed, token) =>
            {
                using var client = connection.Connect(parsed);
                var request = new ExplainAccountHealthChangeRequest
                {
                    Workspace = connection.WorkspaceOf(parsed),
                    AccountId = parsed.GetRequiredValue(account),
                    Window = window.Of(parsed),
                    Model = connection.ModelOf(parsed).Name,
                    ModelVersion = connection.ModelOf(parsed).Version,
                    StartTime = parsed.GetValue(from),
                    EndTime = parsed.GetValue(to),
                    KnownAt = parsed.GetValue(knownAt),
                };
                var change = await client.History.ExplainAccountHealthChangeAsync(request, cancellationToken: token);
                screen.Write(
                    change,
                    connection.Json(parsed),
                    console => AccountChangeView.Show(console, change, request.KnownAt)
                );
            }
        );
        return command;
    }
}
