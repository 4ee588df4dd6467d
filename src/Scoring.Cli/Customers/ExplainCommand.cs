using System.CommandLine;
using Scoring.Cli.Terminal;
using Scoring.Cli.Times;
using Scoring.V1;

namespace Scoring.Cli.Customers;

/// <summary><c>scoring customers explain</c>: why a customer's score changed.</summary>
internal static class ExplainCommand
{
    public static Command Create(Screen screen, ConnectionOptions connection)
    {
        var customer = CustomerCommands.CustomerArgument();
        var from = RelativeTime.Past("--from", "The first instant: what was known of the customer then.");
        from.Required = true;
        var to = RelativeTime.Past("--to", "The second instant: what was known then; now unless given.");
        var fromVersion = new Option<int>("--from-version")
        {
            Description = "Version of the model that scores the first instant; that of the second unless given.",
            HelpName = "VERSION",
        };
        ConnectionOptions.Require(fromVersion, version => version >= 1, "must be at least 1");
        var command = connection.AddPastTo(
            new Command(
                "explain",
                "Show why a customer's score changed between two instants, in parts that add up to the difference."
            )
            {
                customer,
                from,
                to,
                fromVersion,
            }
        );
        command.SetAction(
            async (parsed, token) =>
            {
                using var client = connection.Connect(parsed);
                var request = new ExplainScoreChangeRequest
                {
                    Workspace = connection.WorkspaceOf(parsed),
                    CustomerId = parsed.GetRequiredValue(customer),
                    Model = connection.ModelOf(parsed).Name,
                    ModelVersion = connection.ModelOf(parsed).Version,
                    FromModelVersion = parsed.GetValue(fromVersion),
                    StartTime = parsed.GetValue(from),
                    EndTime = parsed.GetValue(to),
                };
                var change = await client.History.ExplainScoreChangeAsync(request, cancellationToken: token);
                if (connection.Json(parsed))
                {
                    screen.WriteJson(change);
                    return;
                }

                var palette = await Palette.ReadAsync(
                    client,
                    request.Workspace,
                    change.To.ModelName,
                    change.To.ModelVersion,
                    token
                );
                ScoreChangeView.Show(screen.Output, change, request.StartTime, palette);
            }
        );
        return command;
    }
}
