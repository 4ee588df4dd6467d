using System.CommandLine;
using Scoring.Cli.Terminal;
using Scoring.Engine;
using Scoring.Engine.Files;
using Scoring.Engine.Moving;
using Scoring.Engine.Recovery;
using Scoring.Postgres;
using Spectre.Console;

namespace Scoring.Cli.Moving;

/// <summary><c>scoring move</c>: a store between files and PostgreSQL, and into another number of partitions, while no server has it open.</summary>
internal static class MoveCommand
{
    public static Command Create(Screen screen)
    {
        var from = new Option<string>("--from")
        {
            Description =
                "The store: the data directory of a server, or what its setting Postgres says. Nothing is changed in it. Its servers must be stopped.",
            HelpName = "STORE",
            Required = true,
        };
        var to = new Option<string>("--to")
        {
            Description =
                "Where to, in the same words. A directory is made; databases must be there, and hold no store.",
            HelpName = "STORE",
            Required = true,
        };
        var partitions = new Option<int?>("--partitions")
        {
            Description = "Divide customers among so many partitions, 1 to 1,024; as many as before unless given.",
            HelpName = "N",
        };
        ConnectionOptions.Require(
            partitions,
            number => number is >= 1 and <= StoreBounds.Partitions,
            "must be 1 to 1,024"
        );
        var restart = new Option<bool>("--restart")
        {
            Description =
                "Remove what a move that was cut short left there, and begin anew. Otherwise it is gone on with.",
        };
        var command = new Command(
            "move",
            "Copy a stopped store between files and PostgreSQL, also into another number of partitions, and verify the copy."
        )
        {
            from,
            to,
            partitions,
            restart,
        };
        command.SetAction(
            async (parsed, token) =>
            {
                var (source, target) = (parsed.GetRequiredValue(from), parsed.GetRequiredValue(to));
                var options = new MoveOptions
                {
                    Partitions = parsed.GetValue(partitions),
                    Restart = parsed.GetValue(restart),
                };
                if (!IsOfPostgres(source) && !IsOfPostgres(target) && FullPath(source) == FullPath(target))
                {
                    throw new CommandFailedException(
                        "--from and --to are the same directory; name another one with --to."
                    );
                }
                using var opened = Open("--from", source, StoreFiles.Lock);
                using var made = Open("--to", target, FileStore.Lock);
                MoveView.Show(screen.Output, await RunAsync(screen, opened, made, options, token));
            }
        );
        return command;
    }

    private static async Task<MoveReport> RunAsync(
        Screen screen,
        IMovableStore source,
        IMovableStore target,
        MoveOptions options,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await ProgressDisplay.RunAsync(
                screen.Error,
                addBar =>
                {
                    var (copying, verifying) = (addBar("Copying", 1), addBar("Verifying", 1));
                    return Task.Run(
                        () =>
                            StoreMove.Run(
                                source,
                                target,
                                options with
                                {
                                    Report = progress =>
                                        (progress.IsVerifying ? verifying : copying).Report(
                                            progress.Share,
                                            MoveView.Detail(progress)
                                        ),
                                },
                                cancellationToken
                            ),
                        cancellationToken
                    );
                }
            );
        }
        catch (OperationCanceledException)
        {
            screen.Error.MarkupLine("Nothing is lost: the same command goes on where this one ended.");
            throw;
        }
        catch (StoreException e)
        {
            var option =
                source.Place.Contains(e.Path, StringComparison.Ordinal) ? "--from "
                : target.Place.Contains(e.Path, StringComparison.Ordinal) ? "--to "
                : "";
            throw new CommandFailedException(option + e.Message, e);
        }
    }

    private static IMovableStore Open(string option, string place, Func<EngineOptions, IMovableStore> open)
    {
        try
        {
            return IsOfPostgres(place)
                ? new PostgresStore(
                    new PostgresStoreOptions
                    {
                        Databases = PostgresStoreOptions.Split(place),
                        Server = $"scoring move on {Environment.MachineName}",
                    }
                )
                : open(new EngineOptions { DataDirectory = place });
        }
        catch (StoreException e)
        {
            throw new CommandFailedException($"{option} {e.Message}", e);
        }
        catch (ArgumentException e)
        {
            throw new CommandFailedException(
                $"{option} is neither a directory nor how to connect to databases: {e.Message}. "
                    + "Write for example 'Host=db;Database=scoring;Username=scoring'.",
                e
            );
        }
    }

    private static string FullPath(string directory) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));

    /// <summary>Whether databases are named: in Npgsql's words there is always a sign that hardly a directory has.</summary>
    private static bool IsOfPostgres(string place) =>
        place.Contains('=', StringComparison.Ordinal) && !Directory.Exists(place) && !Path.IsPathRooted(place);
}
