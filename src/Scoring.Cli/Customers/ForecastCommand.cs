using System.CommandLine;
using Scoring.Cli.Terminal;
using Scoring.Cli.Times;
using Scoring.V1;

namespace Scoring.Cli.Customers;

/// <summary><c>scoring customers forecast</c>: what becomes of a customer's score if nothing more happens.</summary>
internal static class ForecastCommand
{
    public static Command Create(Screen screen, ConnectionOptions connection)
    {
        var customer = CustomerCommands.CustomerArgument();
        var until = RelativeTime.Future("--until", "Up to when, at most 10 years ahead; 365 days unless given.");
        var command = connection.AddPastTo(
            new Command("forecast", "Show when a customer's score comes into other bands if nothing more happens.")
            {
                customer,
                until,
            }
        );
        command.SetAction(
            async (parsed, token) =>
            {
                using var client = connection.Connect(parsed);
                var request = new ProjectScoreRequest
                {
                    Workspace = connection.WorkspaceOf(parsed),
                    CustomerId = parsed.GetRequiredValue(customer),
                    Model = connection.ModelOf(parsed).Name,
                    ModelVersion = connection.ModelOf(parsed).Version,
                    Until = parsed.GetValue(until),
                };
                var projection = await client.History.ProjectScoreAsync(request, cancellationToken: token);
                if (connection.Json(parsed))
                {
                    screen.WriteJson(projection);
                    return;
                }

                var palette = await Palette.ReadAsync(
                    client,
                    request.Workspace,
                    projection.Current.ModelName,
                    projection.Current.ModelVersion,
                    token
                );
                ForecastView.Show(screen.Output, projection, palette);
            }
        );
        return command;
    }
}
