using System.CommandLine;
using Scoring.Cli.Terminal;
using Spectre.Console;

namespace Scoring.Cli.Simulation;

/// <summary><c>scoring simulate</c>: a believable population into a running server.</summary>
internal static class SimulateCommand
{
    public static Command Create(Screen screen, ConnectionOptions connection)
    {
        var population = new PopulationOptions();
        var command = connection.AddTo(
            population.AddTo(new Command("simulate", "Record a believable population: months of its past."))
        );
        command.SetAction(
            async (parsed, token) =>
            {
                var settings = population.Of(parsed, TimeProvider.System);
                using var client = connection.Connect(parsed);
                var people = new SimulatedPopulation(settings);
                var recorder = new PopulationRecorder(client, connection.WorkspaceOf(parsed));
                var summary = await recorder.RecordAsync(people, screen.Error, "Recording the past", token);
                return Report(screen, connection.Json(parsed), people, summary);
            }
        );
        return command;
    }

    private static int Report(Screen screen, bool json, SimulatedPopulation people, RecordingSummary summary)
    {
        var totals = summary.Totals;
        if (json)
        {
            screen.WriteSummary(
                new
                {
                    Customers = people.Customers.Count,
                    Accounts = people.Accounts.Count,
                    totals.Sent,
                    totals.Accepted,
                    totals.Duplicates,
                    totals.Rejected,
                    Seconds = summary.Elapsed.TotalSeconds,
                    EventsPerSecond = summary.Rate,
                }
            );
        }
        else
        {
            screen.Output.MarkupLine(
                $"{Words.Count(people.Customers.Count)} customers of {Words.Count(people.Accounts.Count)} accounts: "
                    + $"{Words.Count(totals.Accepted)} events accepted, {Words.Count(totals.Duplicates)} duplicates, "
                    + $"{Words.Count(totals.Rejected)} rejected in {summary.Elapsed.TotalSeconds:0.0} s: [bold]{Words.Count((long)summary.Rate)} events/s[/]"
            );
        }

        if (summary.FirstRejection is { } reason)
        {
            screen.Error.MarkupLineInterpolated(
                $"[red]scoring:[/] {totals.Rejected} events were rejected, first: {reason}"
            );
            return 1;
        }

        return 0;
    }
}
