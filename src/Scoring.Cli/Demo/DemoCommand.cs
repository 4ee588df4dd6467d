using System.CommandLine;
using Scoring.Cli.Serving;
using Scoring.Cli.Simulation;
using Scoring.Cli.Terminal;
using Scoring.Client;
using Spectre.Console;

namespace Scoring.Cli.Demo;

/// <summary><c>scoring demo</c>: a server of its own, a simulated population, and what an operator wants to see of it.</summary>
internal static class DemoCommand
{
    public static Command Create(Screen screen)
    {
        var population = new PopulationOptions();
        var keep = new Option<bool>("--keep")
        {
            Description = "Leave the server running until Ctrl-C, to try more commands on it.",
        };
        var command = population.AddTo(
            new Command(
                "demo",
                "Start a server with a temporary store, fill it with a believable population, and show what it knows."
            )
            {
                keep,
            }
        );
        command.SetAction(
            (parsed, token) =>
                RunAsync(screen, population.Of(parsed, TimeProvider.System), parsed.GetValue(keep), token)
        );
        return command;
    }

    private static async Task<int> RunAsync(
        Screen screen,
        SimulationSettings settings,
        bool keep,
        CancellationToken cancellationToken
    )
    {
        screen.Error.MarkupLine("Starting a server with a temporary store ...");
        await using var server = await ServerProcess.StartAsync([], cancellationToken);
        using var client = new ScoringClient(server.Address);
        var people = new SimulatedPopulation(settings);
        var recorder = new PopulationRecorder(client, workspace: "");
        var title = $"Recording {settings.Days} days";
        var summary = await recorder.RecordAsync(people, screen.Error, title, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        if (summary.FirstRejection is { } reason)
        {
            throw new CommandFailedException(
                $"the server rejected {summary.Totals.Rejected} simulated events, first: {reason}"
            );
        }

        var findings = await DemoFindings.ReadAsync(client, settings.Until, cancellationToken);
        DemoView.Show(screen.Output, people, summary, findings);
        DemoView.ShowNext(screen.Output, keep ? server.Address : null, findings);
        if (keep)
        {
            screen.Error.MarkupLineInterpolated(
                $"The server answers at {server.Address}; Ctrl-C stops it and deletes its data."
            );
            await server.WaitForExitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!cancellationToken.IsCancellationRequested)
            {
                throw new CommandFailedException("the server ended by itself");
            }
        }

        return 0;
    }
}
