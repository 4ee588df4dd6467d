using System.CommandLine;
using Scoring.Cli.Terminal;
using Scoring.Cli.Times;
using Scoring.V1;

namespace Scoring.Cli.Customers;

/// <summary><c>scoring customers history</c>: what a customer's score was.</summary>
internal static class HistoryCommand
{
    private const string Day = "day";
    private const string Week = "week";
    private const string Month = "month";

    public static Command Create(Screen screen, ConnectionOptions connection)
    {
        var customer = CustomerCommands.CustomerArgument();
        var by = new Option<string>("--by")
        {
            Description = $"What each line is the end of: {Day}, {Week} (from Monday) or {Month}, all in UTC.",
            HelpName = "PERIOD",
            DefaultValueFactory = _ => Day,
        };
        by.AcceptOnlyFromAmong(Day, Week, Month);
        var from = Past.Option(
            "--from",
            "Where the history begins; 30 days, 26 weeks or 12 months before its end unless given."
        );
        var to = Past.Option("--to", "Where it ends; now unless given.");
        var knownAt = Past.Option(
            "--known-at",
            "Leave out what was received later, as if it were not known yet; all that is known now counts unless given."
        );
        var command = connection.AddPastTo(
            new Command("history", "Show what a customer's score was, and how it moves.")
            {
                customer,
                by,
                from,
                to,
                knownAt,
            }
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
                    StartTime = parsed.GetValue(from),
                    EndTime = parsed.GetValue(to),
                    Period = PeriodOf(parsed.GetRequiredValue(by)),
                    KnownAt = parsed.GetValue(knownAt),
                };
                var history = await client.History.GetScoreHistoryAsync(request, cancellationToken: token);
                if (connection.Json(parsed))
                {
                    screen.WriteJson(history);
                    return;
                }

                var palette = await Palette.ReadAsync(
                    client,
                    request.Workspace,
                    history.ModelName,
                    history.ModelVersion,
                    token
                );
                HistoryView.Show(screen.Output, history, palette, request.KnownAt);
            }
        );
        return command;
    }

    private static HistoryPeriod PeriodOf(string by) =>
        by switch
        {
            Week => HistoryPeriod.Week,
            Month => HistoryPeriod.Month,
            _ => HistoryPeriod.Day,
        };
}
