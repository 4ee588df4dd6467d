using Scoring.Cli.Import.Mapping;
using Scoring.Cli.Import.Rejects;
using Scoring.Cli.Import.Sources;
using Scoring.Cli.Terminal;

namespace Scoring.Cli.Import;

/// <summary>
/// Imports files in chunks of rows: a chunk is mapped, sent, acknowledged and noted in the journal before the next one begins, so
/// that what is done is always the beginning of a file.
/// </summary>
/// <param name="target">Where to.</param>
/// <param name="openJournal">Gives the journal of a file, held until disposed.</param>
/// <param name="openRejects">Gives a file for rejected rows with columns of these names; null where nobody wants it.</param>
/// <param name="progress">Told the file and how many of its bytes are done.</param>
internal sealed class Importer(
    ServerTarget target,
    Func<FileMapping, string, ImportJournal> openJournal,
    Func<IReadOnlyList<string>, RejectsWriter>? openRejects = null,
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
        var found = new List<(SourceFile File, string Content, Dictionary<string, Lookup> Lookups)>();
        foreach (var file in files.Imported)
        {
            var content = await file.CheckAsync(cancellationToken);
            found.Add((file, content, await LoadLookupsAsync(files, file, cancellationToken)));
        }

        using var rejects = openRejects?.Invoke([
            .. files.Imported.SelectMany(file => file.ColumnNames()).Distinct(StringComparer.Ordinal),
        ]);
        var report = new ImportReport();
        foreach (var (file, content, lookups) in found)
        {
            using var journal = openJournal(file.Mapping, content);
            await CheckWitnessAsync(journal, file, cancellationToken);
            await ImportAsync(file, journal, lookups, rejects, report, cancellationToken);
        }

        return report;
    }

    private static async Task<Dictionary<string, Lookup>> LoadLookupsAsync(
        ImportFiles files,
        SourceFile file,
        CancellationToken cancellationToken
    )
    {
        var lookups = new Dictionary<string, Lookup>(StringComparer.Ordinal);
        foreach (var join in file.Mapping.Joins)
        {
            var joined = files.Joined(join);
            await joined.CheckAsync(cancellationToken);
            lookups.Add(
                join.Name,
                Lookup.Load(joined.Path, joined.Read(file.Mapping.ColumnsOf(join)), joined.Mapping.Timestamps, join)
            );
        }

        return lookups;
    }

    private async Task ImportAsync(
        SourceFile file,
        ImportJournal journal,
        Dictionary<string, Lookup> lookups,
        RejectsWriter? rejects,
        ImportReport report,
        CancellationToken cancellationToken
    )
    {
        var rules = file.Mapping.Rules;
        RuleTally[] tallies = [.. rules.Select(rule => report.Add(file.Mapping.Name, rule.Name))];
        var rows = 0L;
        var position = 0L;
        var done = journal.Current.Rows;
        var hashes = file.Mapping.UsesHash ? new RowHashes(file.Path) : null;
        var chunk = new Chunk(rules, tallies);
        foreach (var row in file.Read(file.Mapping.Columns, bytes => position = bytes))
        {
            rows++;
            hashes?.Mark(row);
            if (rows <= done)
            {
                Array.ForEach(tallies, tally => tally.Skip());
                continue;
            }

            chunk.Add(new RowScope(file.Mapping, row, lookups));
            if (chunk.Rows == RowsPerChunk)
            {
                await SendAsync(rows);
                progress?.Invoke(file.Mapping, position);
            }
        }

        if (chunk.Rows > 0)
        {
            await SendAsync(rows);
        }

        progress?.Invoke(file.Mapping, file.Length);

        async Task SendAsync(long read)
        {
            var sent = await chunk.SendAsync(target, cancellationToken);
            // In this order: a row that the journal has done is not looked at again.
            rejects?.Write(file.Mapping.Name, sent.Rejects);
            journal.Acknowledge(read, sent.Events, sent.Witness);
        }
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
