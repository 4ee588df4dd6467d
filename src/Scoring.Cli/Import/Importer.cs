using Scoring.Cli.Import.Mapping;
using Scoring.Cli.Import.Sources;
using Scoring.Cli.Terminal;

namespace Scoring.Cli.Import;

/// <summary>
/// Imports files in chunks of rows: a chunk is mapped, sent, acknowledged and noted in the journal before the next one begins, so
/// that what is done is always the beginning of a file.
/// </summary>
/// <param name="target">Where to.</param>
/// <param name="openJournal">Gives the journal of a file, held until disposed.</param>
/// <param name="progress">Told the file and how many of its bytes are done.</param>
internal sealed class Importer(
    IImportTarget target,
    Func<FileMapping, string, ImportJournal> openJournal,
    Action<FileMapping, long>? progress = null
)
{
    // Large enough for the round trip and the commit to vanish, small enough for memory and for the server's exactly-once window.
    private const int RowsPerChunk = 2_000;

    /// <summary>Imports the files that a mapping and a path name.</summary>
    /// <exception cref="CommandFailedException">A file, a column or a joined row is missing, or the journal forbids it.</exception>
    /// <exception cref="Grpc.Core.RpcException">The server fails; what is acknowledged is in the journal.</exception>
    public async Task<ImportReport> RunAsync(ImportFiles files, CancellationToken cancellationToken)
    {
        // Everything that can be found wrong without sending is found before anything is sent.
        var lookups = files.Imported.ToDictionary(file => file, file => LoadLookups(files, file));
        var report = new ImportReport();
        foreach (var file in files.Imported)
        {
            await ImportAsync(file, lookups[file], report, cancellationToken);
        }

        return report;
    }

    private static Dictionary<string, Lookup> LoadLookups(ImportFiles files, SourceFile file)
    {
        var lookups = new Dictionary<string, Lookup>(StringComparer.Ordinal);
        foreach (var join in file.Mapping.Joins)
        {
            lookups.Add(join.Name, Lookup.Load(files.Joined(join), join, Columns.Of(file.Mapping, join)));
        }

        return lookups;
    }

    private async Task ImportAsync(
        SourceFile file,
        Dictionary<string, Lookup> lookups,
        ImportReport report,
        CancellationToken cancellationToken
    )
    {
        var rules = file.Mapping.Rules;
        RuleTally[] tallies = [.. rules.Select(rule => report.Add(file.Mapping.Name, rule.Name))];
        using var journal = openJournal(file.Mapping, await file.HashAsync(cancellationToken));
        await CheckWitnessAsync(journal, file, cancellationToken);

        var rows = 0L;
        var position = 0L;
        var chunk = new Chunk(rules, tallies);
        foreach (var row in file.Read(Columns.Of(file.Mapping), bytes => position = bytes))
        {
            rows++;
            if (rows <= journal.Current.Rows)
            {
                Array.ForEach(tallies, tally => tally.Skip());
                continue;
            }

            chunk.Add(new RowScope(file.Mapping, row, lookups));
            if (chunk.Rows == RowsPerChunk)
            {
                journal.Acknowledge(rows, await chunk.SendAsync(target, cancellationToken));
                progress?.Invoke(file.Mapping, position);
            }
        }

        if (chunk.Rows > 0)
        {
            journal.Acknowledge(rows, await chunk.SendAsync(target, cancellationToken));
        }

        progress?.Invoke(file.Mapping, file.Length);
    }

    private async Task CheckWitnessAsync(ImportJournal journal, SourceFile file, CancellationToken cancellationToken)
    {
        if (
            journal.Current is { Rows: > 0, Witness: { } witness }
            && !await target.KnowsAsync(witness, cancellationToken)
        )
        {
            throw new CommandFailedException(
                $"{journal.Path} says that {journal.Current.Rows} rows of {file.Mapping.FileName} are at {journal.Current.Address}, but the "
                    + $"server there does not know the customer '{witness}': its data is not what it was. --restart imports "
                    + "the file from the beginning"
            );
        }
    }
}
