using System.CommandLine;
using System.Text.Json;
using Scoring.Cli.Import.Mapping;
using Scoring.Cli.Terminal;
using Scoring.Client;

namespace Scoring.Cli.Import;

/// <summary><c>scoring import</c>: files into a running server, by a mapping file.</summary>
internal static class ImportCommand
{
    public static (Command Command, string[] Examples) Create(Screen screen, ConnectionOptions connection)
    {
        var mapping = new Option<FileInfo>("--mapping")
        {
            Description = "How rows become customers, accounts and events (docs/import.md).",
            HelpName = "FILE",
            Required = true,
        };
        var path = new Argument<string>("path")
        {
            Description = "Folder with the files of the mapping, or one of them.",
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
        var dryRun = new Option<bool>("--dry-run") { Description = "Read and map everything, send nothing." };
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
                dryRun,
            }
        );
        command.SetAction(
            async (parsed, token) =>
            {
                var read = await MappingReader.ReadAsync(parsed.GetRequiredValue(mapping).ToString(), token);
                var files = ImportFiles.Find(read, parsed.GetRequiredValue(path));
                using var client = connection.Connect(parsed);
                var dry = parsed.GetValue(dryRun);
                IImportTarget target = dry
                    ? new DryRunTarget()
                    : new ServerTarget(client, connection.WorkspaceOf(parsed), new RetryPolicy());
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
                        Witness: null
                    );
                    // What counts nothing can be sent again, and must be when the server's data is gone: only events are journalled.
                    return dry || !file.Rules.Any(rule => rule is EventRule)
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
                        return new Importer(target, OpenJournal, (file, done) => bars[file].Report(done)).RunAsync(
                            files,
                            token
                        );
                    }
                );
                return Show(screen, report, connection.Json(parsed));
            }
        );
        return (
            command,
            [
                "scoring import --mapping examples/ravenstack/mapping.yaml ~/data/ravenstack",
                "scoring import --mapping events.yaml today.jsonl",
                "scoring import --mapping events.yaml ~/exports --dry-run        # what would be rejected, and why",
            ]
        );
    }

    private static string DefaultState() =>
        Path.Combine(
            Environment.GetFolderPath(
                Environment.SpecialFolder.LocalApplicationData,
                Environment.SpecialFolderOption.DoNotVerify
            ),
            "scoring",
            "import"
        );

    private static int Show(Screen screen, ImportReport report, bool json)
    {
        if (json)
        {
            screen.RawOutput.WriteLine(
                JsonSerializer.Serialize(ImportSummary.Of(report), ImportJson.Default.ImportSummary)
            );
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

        return report.Rejected == 0
            ? 0
            : throw new CommandFailedException(
                $"{Words.Count(report.Rejected)} of the rows above were rejected; mend them in a file of their own and import that"
            );
    }
}
