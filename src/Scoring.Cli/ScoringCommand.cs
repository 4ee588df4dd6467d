using System.CommandLine;
using System.CommandLine.Help;
using Grpc.Core;
using Scoring.Cli.Audit;
using Scoring.Cli.Customers;
using Scoring.Cli.Demo;
using Scoring.Cli.Events;
using Scoring.Cli.Import;
using Scoring.Cli.Keys;
using Scoring.Cli.Models;
using Scoring.Cli.Moving;
using Scoring.Cli.Names;
using Scoring.Cli.Reading;
using Scoring.Cli.Segments;
using Scoring.Cli.Simulation;
using Scoring.Cli.Terminal;
using Scoring.Engine.Files;
using Spectre.Console;

namespace Scoring.Cli;

/// <summary>The command line: finds the command, runs it, and turns whatever goes wrong into one clear message and an exit code.</summary>
/// <remarks>Exit codes: 0 done, 1 failed, 2 the command line is wrong, 130 stopped by the user.</remarks>
internal static class ScoringCommand
{
    private const int Failed = 1;
    private const int WrongUsage = 2;
    private const int Stopped = 130;

    /// <summary>Time that a command has to end what it began after Ctrl-C.</summary>
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(20);

    public static async Task<int> RunAsync(string[] args, Screen screen, CancellationToken cancellationToken = default)
    {
        // What it writes, rejected rows and journals of imports and stores, is of customers.
        PrivateFiles.Enforce();
        var root = Build(screen, out var connection);
        var parsed = root.Parse(args);
        if (parsed.Action is not { ClearsParseErrors: true } && UsageErrors.Of(parsed) is { } problem)
        {
            Say(screen, $"{problem} See '{HelpWithExamples.NameOf(parsed.CommandResult.Command)} --help'.");
            return WrongUsage;
        }

        var invocation = new InvocationConfiguration
        {
            Output = screen.RawOutput,
            Error = new VisibleWriter(screen.Error.Profile.Out.Writer),
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = StopTimeout,
        };
        try
        {
            return await parsed.InvokeAsync(invocation, cancellationToken);
        }
        catch (CommandFailedException e)
        {
            Say(screen, e.Message);
            return Failed;
        }
        catch (Exception e) when (e is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled })
        {
            Say(screen, "stopped");
            return Stopped;
        }
        catch (RpcException e)
        {
            Say(screen, ErrorText.Of(e, connection.AddressOf(parsed)));
            return Failed;
        }
    }

    private static RootCommand Build(Screen screen, out ConnectionOptions connection)
    {
        connection = new ConnectionOptions(screen);
        var root = new RootCommand("Customer scoring: record what customers do, see how engaged they are and why.")
        {
            DemoCommand.Create(screen),
            SimulateCommand.Create(screen, connection),
            ImportCommand.Create(screen, connection),
            ScoreCommand.Create(screen, connection),
            SegmentCommand.Create(screen, connection),
            SavedSegmentCommands.Create(screen, connection),
            ExportCommand.Create(screen, connection),
            AccountCommand.Create(screen, connection),
            EventCorrectCommand.Create(screen, connection),
            CustomerCommands.Create(screen, connection),
            AdjustmentCommands.Create(screen, connection),
            AccountCommands.Create(screen, connection),
            ModelCommands.Create(screen, connection),
            NameCommands.Create(screen, connection),
            KeyCommands.Create(screen, connection),
            AuditCommand.Create(screen, connection),
            MoveCommand.Create(screen),
        };
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        return root;
    }

    private static void Say(Screen screen, string message) =>
        screen.Error.MarkupLineInterpolated($"[red]scoring:[/] {message}");
}
