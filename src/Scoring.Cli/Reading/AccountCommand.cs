using System.CommandLine;
using Scoring.Cli.Terminal;
using Scoring.V1;

namespace Scoring.Cli.Reading;

/// <summary><c>scoring account</c>: how an account fares.</summary>
internal static class AccountCommand
{
    public static Command Create(Screen screen, ConnectionOptions connection)
    {
        var account = new Argument<string>("account") { Description = "The account.", HelpName = "ACCOUNT" };
        var window = new WindowOption();
        var command = connection.AddReadingTo(
            window.AddTo(
                new Command(
                    "account",
                    "Tell how healthy an account is, and why: frequency, breadth, depth and growth, each 0 to 100."
                )
                {
                    account,
                }
            )
        );
        command.SetAction(
            async (parsed, token) =>
            {
                using var client = connection.Connect(parsed);
                var request = new GetAccountHealthRequest
                {
                    Workspace = connection.WorkspaceOf(parsed),
                    AccountId = parsed.GetRequiredValue(account),
                    Model = connection.ModelOf(parsed).Name,
                    ModelVersion = connection.ModelOf(parsed).Version,
                    Window = window.Of(parsed),
                    ReadTime = connection.ReadTimeOf(parsed),
                };
                var health = await client.Scoring.GetAccountHealthAsync(request, cancellationToken: token);
                if (connection.Json(parsed))
                {
                    screen.WriteJson(health);
                    return 0;
                }

                var palette = await Palette.ReadAsync(
                    client,
                    request.Workspace,
                    health.ModelName,
                    health.ModelVersion,
                    token
                );
                AccountView.Show(screen.Output, health, palette);
                return 0;
            }
        );
        return command;
    }
}
