using System.CommandLine;
using System.Text.Json;
using Npgsql;
using Scoring.Cli.Terminal;
using Scoring.Engine;
using Scoring.Postgres.Moving;

namespace Scoring.Cli.Migration;

/// <summary><c>scoring migrate</c>: a standalone store into a cluster, and back.</summary>
internal static class MigrateCommand
{
    private const string Variable = "SCORING_POSTGRES";
    private const string DefaultConnection = "Host=localhost;Database=scoring;Username=scoring";
    private const int MostPartitions = 1_024;

    /// <summary>The command, and its parts with their examples.</summary>
    public static (Command Command, string[] Examples) Create(
        Screen screen,
        Action<(Command Command, string[] Examples)> addPart
    )
    {
        var command = new Command(
            "migrate",
            "Move everything a standalone server has stored into a cluster, or back. Server and silos must be stopped; nothing is written over, "
                + "and what is moved from is left as it is."
        );
        var toCluster = CreateToCluster(screen);
        var toStandalone = CreateToStandalone(screen);
        command.Add(toCluster.Command);
        command.Add(toStandalone.Command);
        addPart(toCluster);
        addPart(toStandalone);
        return (
            command,
            [
                "scoring migrate to-cluster /var/lib/scoring --dry-run     # what there is, and whether the database can take it",
                "scoring migrate to-cluster /var/lib/scoring --postgres \"Host=db;Database=scoring;Username=scoring\"",
                "scoring migrate to-standalone /var/lib/scoring-2 --postgres \"Host=db;Database=scoring;Username=scoring\"",
            ]
        );
    }

    private static (Command Command, string[] Examples) CreateToCluster(Screen screen)
    {
        var options = new Options("Data directory of the standalone server (its setting DataDirectory).");
        var command = options.AddTo(
            new Command(
                ToCluster.Direction,
                "Move a standalone server's store into the PostgreSQL of a cluster: customers, accounts, models, remembered event ids. Tables are "
                    + "made as needed. One transaction: if it is interrupted, nothing has happened, and it can be run again."
            )
        );
        command.SetAction(
            (parsed, token) =>
                RunAsync(
                    screen,
                    options,
                    parsed,
                    async (tables, stages) =>
                    {
                        if (!tables.AreThere && !options.IsDryRun(parsed))
                        {
                            await tables.CreateAsync(token);
                        }
                        var directory = options.DirectoryOf(parsed);
                        return ToCluster.Run(directory, tables, options.IsDryRun(parsed), stages);
                    },
                    token
                )
        );
        return (
            command,
            [
                "scoring migrate to-cluster ./data",
                "scoring migrate to-cluster ./data --dry-run",
                "scoring migrate to-cluster ./data --postgres \"Host=db;Database=scoring;Username=scoring\"",
            ]
        );
    }

    private static (Command Command, string[] Examples) CreateToStandalone(Screen screen)
    {
        var options = new Options("Data directory to make the store in; it must not hold one.");
        var partitions = new Option<int?>("--partitions")
        {
            Description =
                "Partitions of the new store; as many as the store had that the cluster was made of lately, else one per processor.",
            HelpName = "N",
        };
        partitions.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1 or > MostPartitions)
            {
                result.AddError($"--partitions must be 1 to {MostPartitions:N0}.");
            }
        });
        var command = options.AddTo(
            new Command(
                ToStandalone.Direction,
                "Move what a cluster has stored in PostgreSQL into a new store of a standalone server. The store appears when it is whole: if this is "
                    + "interrupted, nothing has happened, and it can be run again."
            )
        );
        command.Add(partitions);
        command.SetAction(
            (parsed, token) =>
                RunAsync(
                    screen,
                    options,
                    parsed,
                    (tables, stages) =>
                        Task.FromResult(
                            ToStandalone.Run(
                                options.DirectoryOf(parsed),
                                tables,
                                parsed.GetValue(partitions),
                                options.IsDryRun(parsed),
                                stages
                            )
                        ),
                    token
                )
        );
        return (
            command,
            [
                "scoring migrate to-standalone ./data",
                "scoring migrate to-standalone ./data --partitions 8",
                "scoring migrate to-standalone ./data --postgres \"Host=db;Database=scoring;Username=scoring\"",
            ]
        );
    }

    private static async Task<int> RunAsync(
        Screen screen,
        Options options,
        ParseResult parsed,
        Func<AllTables, Stages, Task<MigrationReport>> move,
        CancellationToken cancellationToken
    )
    {
        try
        {
            using var tables = await ClaimAsync(options.ConnectionOf(parsed), cancellationToken);
            var report = await ProgressDisplay.RunAsync(
                screen.Error,
                addBar => Task.Run(() => move(tables, new Stages(addBar, cancellationToken)), cancellationToken)
            );
            Show(screen, report, options.IsJson(parsed));
            return 0;
        }
        catch (StoreException e)
        {
            throw new CommandFailedException(e.Message, e);
        }
        catch (InvalidDataException e)
        {
            throw new CommandFailedException(
                $"the database holds something malformed: {e.Message} Nothing was kept",
                e
            );
        }
        catch (NpgsqlException e)
        {
            throw new CommandFailedException(
                $"PostgreSQL (--postgres or {Variable}): {e.Message}{(e.InnerException is { } inner ? $" ({inner.Message})" : "")}. Nothing was kept",
                e
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"{e.Message} Nothing was kept", e);
        }
    }

    private static async Task<AllTables> ClaimAsync(string connection, CancellationToken cancellationToken)
    {
        try
        {
            return await AllTables.ClaimAsync(connection, cancellationToken)
                ?? throw new CommandFailedException(
                    "the database is in use: stop all silos of the cluster, or wait for the other migration, then run this again"
                );
        }
        catch (ArgumentException e)
        {
            throw new CommandFailedException($"--postgres: {e.Message} Write for example \"{DefaultConnection}\"", e);
        }
    }

    private static void Show(Screen screen, MigrationReport report, bool json)
    {
        if (json)
        {
            screen.RawOutput.WriteLine(JsonSerializer.Serialize(report, MigrationJson.Default.MigrationReport));
        }
        else
        {
            MigrationView.Show(screen.Output, report);
        }
    }

    /// <summary>What both directions are told.</summary>
    private sealed class Options(string directoryDescription)
    {
        private readonly Argument<DirectoryInfo> _directory = new("directory")
        {
            Description = directoryDescription,
            HelpName = "DIR",
        };

        private readonly Option<string> _postgres = new("--postgres", "-p")
        {
            Description =
                $"The cluster's PostgreSQL in Npgsql's words, as in the setting Silo:ConnectionString. Also set by {Variable}, which keeps passwords "
                + "out of the list of processes.",
            HelpName = "CONNECTION",
            DefaultValueFactory = _ =>
                Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } set ? set : DefaultConnection,
        };

        private readonly Option<bool> _dryRun = new("--dry-run")
        {
            Description = "Look at both sides, count, write nothing.",
        };

        private readonly Option<bool> _json = ConnectionOptions.JsonOption();

        public Command AddTo(Command command)
        {
            command.Add(_directory);
            command.Add(_postgres);
            command.Add(_dryRun);
            command.Add(_json);
            return command;
        }

        public string DirectoryOf(ParseResult parsed) => parsed.GetRequiredValue(_directory).FullName;

        public string ConnectionOf(ParseResult parsed) => parsed.GetValue(_postgres) ?? DefaultConnection;

        public bool IsDryRun(ParseResult parsed) => parsed.GetValue(_dryRun);

        public bool IsJson(ParseResult parsed) => parsed.GetValue(_json);
    }
}
