using System.CommandLine;
using System.CommandLine.Help;
using Grpc.Core;
using Scoring.Cli.Demo;
using Scoring.Cli.Import;
using Scoring.Cli.Models;
using Scoring.Cli.Moving;
using Scoring.Cli.Names;
using Scoring.Cli.Reading;
using Scoring.Cli.Simulation;
using Scoring.Cli.Terminal;
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
        var root = Build(screen, out var connection);
        var parsed = root.Parse(args);
        if (parsed.Action is not { ClearsParseErrors: true } && UsageErrors.Of(parsed) is { } problem)
        {
            var command = string.Join(' ', Path(parsed.CommandResult.Command));
            Say(screen, $"{problem} See '{command} --help'.");
            return WrongUsage;
        }

        var invocation = new InvocationConfiguration
        {
            Output = screen.RawOutput,
            Error = screen.Error.Profile.Out.Writer,
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
        catch (RpcException e)
        {
            Say(screen, ErrorText.Of(e, connection.AddressOf(parsed)));
            return Failed;
        }
        catch (OperationCanceledException)
        {
            Say(screen, "stopped");
            return Stopped;
        }
    }

    private static RootCommand Build(Screen screen, out ConnectionOptions connection)
    {
        connection = new ConnectionOptions();
        var examples = new Dictionary<Command, string[]>();
        var root = new RootCommand("Customer scoring: record what customers do, see how engaged they are and why.");
        Add(DemoCommand.Create(screen));
        Add(SimulateCommand.Create(screen, connection));
        Add(ImportCommand.Create(screen, connection));
        Add(ScoreCommand.Create(screen, connection));
        Add(SegmentCommand.Create(screen, connection));
        Add(AccountCommand.Create(screen, connection));
        var models = ModelCommands.Create(screen, connection);
        var model = new Command("model", "Read and change the scoring models: what counts, how much, and the bands.");
        foreach (var (command, lines) in models)
        {
            model.Add(command);
            examples.Add(command, lines);
        }

        Add((model, ["scoring model list", "scoring model get engagement --help"]));
        var names = new Command("names", "See which names take up room, and remove those that nothing uses.");
        foreach (var (command, lines) in NameCommands.Create(screen, connection))
        {
            names.Add(command);
            examples.Add(command, lines);
        }

        Add((names, ["scoring names list", "scoring names prune --dry-run"]));
        Add(MoveCommand.Create(screen));
        examples.Add(
            root,
            ["scoring demo", "scoring score user-00042", "scoring segment 'plan = \"pro\"'", "scoring COMMAND --help"]
        );
        foreach (var help in root.Options.OfType<HelpOption>())
        {
            help.Action = new HelpWithExamples((HelpAction)help.Action!, examples);
        }

        return root;

        void Add((Command Command, string[] Examples) entry)
        {
            root.Add(entry.Command);
            examples.Add(entry.Command, entry.Examples);
        }
    }

    private static IEnumerable<string> Path(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent
            ? Path(parent).Append(command.Name)
            : ["scoring"];

    private static void Say(Screen screen, string message) =>
        screen.Error.MarkupLineInterpolated($"[red]scoring:[/] {message}");
}
