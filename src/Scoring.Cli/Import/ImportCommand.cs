using System.CommandLine;
using Scoring.Cli.Import.Mapping;
using Scoring.Cli.Import.Rejects;
using Scoring.Cli.Serving;
using Scoring.Cli.Terminal;
using Scoring.Client;
using Scoring.Core.Workspaces;

namespace Scoring.Cli.Import;

/// <summary><c>scoring import</c>: files into a running server, by a mapping file.</summary>
internal static class ImportCommand
{
    public static Command Create(Screen screen, ConnectionOptions connection)
    {
        var mapping = new Option<FileInfo>("--mapping")
        {
            Description = "How rows become customers, accounts and events (docs/import.md).",
            HelpName = "FILE",
            Required = true,
        };
        var path = new Argument<string>("path")
        {
            Description = "Folder with the files of the mapping, one of them, or a file that --rejects wrote.",
            HelpName = "PATH",
        };
        var state = new Option<DirectoryInfo?>("--state")
        {
            Description = $"Where to note what has been acknowledged; {DefaultState()} unless given.",
            HelpName = "DIR",
        };
        var restart = new Option<bool>("--restart")
        {
            Description =
                "Forget what was acknowledged before: for a server whose data is gone. Otherwise events may count twice.",
        };
        var dryRun = new Option<bool>("--dry-run")
        {
            Description = "Change nothing: import into an empty server of its own, to see what would be rejected.",
        };
        var rejects = new Option<FileInfo?>("--rejects")
        {
            Description = "Write what is rejected to a new CSV file, which can be corrected and imported.",
            HelpName = "FILE",
        };
        var command = connection.AddTo(
            new Command(
                "import",
                "Read CSV and JSON Lines files into a running server. Can be run again: nothing counts twice."
            )
            {
                path,
                mapping,
                state,
                restart,
                rejects,
                dryRun,
            }
        );
        command.SetAction(
            async (parsed, token) =>
            {
                var read = await MappingReader.ReadAsync(parsed.GetRequiredValue(mapping).ToString(), token);
                var files = ImportFiles.Find(read, parsed.GetRequiredValue(path));
                var dry = parsed.GetValue(dryRun);
                await using var own = dry ? await StartServerAsync(connection.WorkspaceOf(parsed), token) : null;
                using var client = own is null ? connection.Connect(parsed) : new ScoringClient(own.Address);
                var target = new ServerTarget(client.Scoring, connection.WorkspaceOf(parsed), new RetryPolicy());
                Func<IReadOnlyList<string>, RejectsWriter>? openRejects = parsed.GetValue(rejects) is { } rejectsFile
                    ? columns => RejectsWriter.Create(rejectsFile.ToString(), columns)
                    : null;
                var directory = parsed.GetValue(state)?.FullName ?? DefaultState();

                ImportJournal OpenJournal(FileMapping file, string hash)
                {
                    var address = new Uri(connection.AddressOf(parsed)).ToString();
                    var entry = new ImportJournal.Entry(
                        address,
                        connection.WorkspaceOf(parsed),
                        file.FileName,
                        hash,
                        read.Sha256,
                        Rows: 0,
                        Events: 0,
                        Witness: null
                    );
                    // What counts nothing can be sent again, and must be when the server's data is gone: only events are journalled.
                    return dry || !file.Rules.Any(rule => rule.Kind == RuleKind.Event)
                        ? ImportJournal.None(entry)
                        : ImportJournal.Open(directory, entry, parsed.GetValue(restart));
                }

                var report = await ProgressDisplay.RunAsync(
                    screen.Error,
                    addBar =>
                    {
                        var bars = files.Imported.ToDictionary(
                            file => file.Mapping,
                            file => addBar(file.Mapping.FileName, file.Length)
                        );
                        return new Importer(
                            target,
                            OpenJournal,
                            openRejects,
                            (file, done) => bars[file].Report(done)
                        ).RunAsync(files, token);
                    }
                );
                return Show(screen, report, connection.Json(parsed), parsed.GetValue(rejects));
            }
        );
        return command;
    }

    /// <summary>A server whose rules are those of any other, because it is one: empty, with the settings of a new one, gone after the command.</summary>
    private static Task<ServerProcess> StartServerAsync(string workspace, CancellationToken cancellationToken) =>
        ServerProcess.StartAsync(
            [
                "--Scoring:Durability=InOsCache",
                .. workspace is "" or WorkspaceSettings.DefaultName
                    ? []
                    : new[] { $"--Scoring:Workspaces:{workspace}:DefaultModel=engagement" },
            ],
            cancellationToken
        );

    private static string DefaultState() =>
        Path.Combine(
            Environment.GetFolderPath(
                Environment.SpecialFolder.LocalApplicationData,
                Environment.SpecialFolderOption.DoNotVerify
            ),
            "scoring",
            "import"
        );

    private static int Show(Screen screen, ImportReport report, bool json, FileInfo? rejects)
    {
        if (json)
        {
            screen.WriteSummary(report);
        }
        else
        {
            ImportView.Show(screen.Output, report);
        }

        if (!report.Tallies)
        {
            throw new CommandFailedException(
                "the sums do not tally: the server's answers do not add up to what was sent"
            );
        }

        if (report.Rejected == 0)
        {
            return 0;
        }

        var advice = rejects is null
            ? "the same command with --dry-run --rejects FILE writes them to a file, which can be corrected and imported"
            : $"they are in {rejects}: correct them there, and import that file by the same mapping";
        throw new CommandFailedException($"{Words.Count(report.Rejected)} of the rows above were rejected; {advice}");
    }
}
