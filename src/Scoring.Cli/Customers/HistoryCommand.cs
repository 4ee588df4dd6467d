using System.CommandLine;
using Scoring.Cli.Terminal;
using Scoring.Cli.Times;
using Scoring.V1;

namespace Scoring.Cli.Customers;

/// <summary><c>scoring customers history</c>: what a customer's score was.</summary>
internal static class HistoryCommand
{
    public static Command Create(Screen screen, ConnectionOptions connection)
    {
        var customer = CustomerCommands.CustomerArgument();
        var history = new HistoryOptions();
        var command = connection.AddPastTo(
            history.AddTo(new Command("history", "Show what a customer's score was, and how it moves.") { customer })
        );
        command.SetAction(
            async (parsed, token) =>
            {
                using var client = connection.Connect(parsed);
                var request = new GetScoreHistoryRequest
                {
                    Workspace = connection.WorkspaceOf(parsed),
                    CustomerId = parsed.GetRequiredValue(customer),
                    Model = connection.ModelOf(parsed).Name,
                    ModelVersion = connection.ModelOf(parsed).Version,
                    StartTime = history.FromOf(parsed),
                    EndTime = history.ToOf(parsed),
                    Period = history.PeriodOf(parsed),
                    KnownAt = history.KnownAtOf(parsed),
                };
                var scores = await client.History.GetScoreHistoryAsync(request, cancellationToken: token);
                if (connection.Json(parsed))
                {
                    screen.WriteJson(scores);
                    return;
                }

                var palette = await Palette.ReadAsync(
                    client,
                    request.Workspace,
                    scores.ModelName,
                    scores.ModelVersion,
                    token
                );
                HistoryView.Show(screen.Output, scores, palette, request.KnownAt);
            }
        );
        return command;
    }
}
