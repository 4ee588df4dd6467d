using System.CommandLine;
using Scoring.Cli.Terminal;
using Spectre.Console;

namespace Scoring.Cli.Simulation;

/// <summary><c>scoring simulate</c>: a believable population into a running server, past or live.</summary>
internal static class SimulateCommand
{
    public static Command Create(Screen screen, ConnectionOptions connection)
    {
        var population = new PopulationOptions();
        var rate = new Option<double?>("--rate")
        {
            Description = "Send live traffic at this many events per second instead of a past.",
            HelpName = "N",
        };
        var duration = new Option<double>("--duration")
        {
            Description = "Seconds of live traffic.",
            HelpName = "SECONDS",
            DefaultValueFactory = _ => 30,
        };
        ConnectionOptions.Require(rate, number => number > 0 && number < 1e9, "must be above 0");
        ConnectionOptions.Require(duration, number => number > 0 && number < 1e9, "must be above 0");
        var command = connection.AddTo(
            population.AddTo(
                new Command("simulate", "Record a believable population: months of its past, or live traffic.")
            )
        );
        command.Add(rate);
        command.Add(duration);
        command.SetAction(
            async (parsed, token) =>
            {
                var settings = population.Of(parsed, TimeProvider.System);
                using var client = connection.Connect(parsed);
                var people = new SimulatedPopulation(settings);
                var recorder = new PopulationRecorder(client, connection.WorkspaceOf(parsed));
                await recorder.UpsertAsync(people, token);
                var length = TimeSpan.FromSeconds(parsed.GetValue(duration));
                var summary = parsed.GetValue(rate) is { } perSecond
                    ? await recorder.RecordAsync(
                        screen.Error,
                        "Live traffic",
                        perSecond * length.TotalSeconds,
                        new LiveTraffic(people.Customers, settings.Seed, TimeProvider.System).RunAsync(
                            perSecond,
                            length,
                            token
                        ),
                        token
                    )
                    : await recorder.RecordAsync(
                        screen.Error,
                        "Recording the past",
                        people.EventEstimate,
                        people.Live().ToAsyncEnumerable(),
                        token
                    );
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
                new SimulationSummary(
                    people.Customers.Count,
                    people.Accounts.Count,
                    totals.Sent,
                    totals.Accepted,
                    totals.Duplicates,
                    totals.Rejected,
                    summary.Elapsed.TotalSeconds,
                    summary.Rate
                )
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

/// <summary>What <c>simulate --json</c> writes.</summary>
internal sealed record SimulationSummary(
    int Customers,
    int Accounts,
    long Sent,
    long Accepted,
    long Duplicates,
    long Rejected,
    double Seconds,
    double EventsPerSecond
);
