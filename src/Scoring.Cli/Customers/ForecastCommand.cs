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
        var keepDays = new Option<int>("--keep-days")
        {
            Description =
                "For how many days it is to stay in a band, 1 to 3,650: shows the fewest events that keep it there.",
            HelpName = "N",
        };
        ConnectionOptions.Require(keepDays, days => days >= 1, "must be at least 1");
        var keepBand = new Option<string>("--keep-band")
        {
            Description = "Name of that band; the one that the customer is in unless given.",
            HelpName = "BAND",
        };
        var command = connection.AddPastTo(
            new Command("forecast", "Show when a customer's score comes into other bands if nothing more happens.")
            {
                customer,
                until,
                keepDays,
                keepBand,
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
                    KeepDays = parsed.GetValue(keepDays),
                    KeepBand = parsed.GetValue(keepBand) ?? "",
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
