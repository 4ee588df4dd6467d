using System.Globalization;
using Scoring.Cli.Import.Mapping;
using Scoring.Cli.Import.Sources;
using Scoring.Cli.Terminal;

namespace Scoring.Cli.Import.Rejects;

/// <summary>
/// A CSV file of the rows that an import rejected, which can be corrected and imported again by the same mapping, whatever the files of that
/// look like: columns of its own, told by their names, and behind them those of the files.
/// </summary>
internal static class RejectsFile
{
    private const string Number = "rejected_row";
    private const string Reason = "rejected_reason";
    private const string Message = "rejected_message";
    private const string File = "rejected_file";
    private const string Rule = "rejected_rule";
    private const string Hash = "rejected_hash";
    private const string Text = "rejected_text";

    /// <summary>The columns that such a file has in front of those of the rows.</summary>
    public static IReadOnlyList<string> Columns { get; } = [Number, Reason, Message, File, Rule, Hash, Text];

    /// <summary>The fields of a rejected row.</summary>
    /// <param name="reject">The row.</param>
    /// <param name="file">What the mapping calls its file.</param>
    /// <param name="columns">The columns that come behind <see cref="Columns"/>.</param>
    public static string[] Fields(Reject reject, string file, IEnumerable<string> columns)
    {
        var row = reject.Row;
        return
        [
            row.Number.ToString(CultureInfo.InvariantCulture),
            reject.Reason,
            reject.Message,
            file,
            reject.Rule,
            row.Hash,
            row.Text,
            .. columns.Select(column => row[column]),
        ];
    }

    /// <summary>Whether the file at a path is one of rejected rows.</summary>
    public static bool Is(string path)
    {
        try
        {
            using var reader = new StreamReader(path);
            var begin = new char[Number.Length];
            return reader.ReadBlock(begin) == begin.Length && begin.AsSpan().SequenceEqual(Number);
        }
        catch (Exception e) when (FileProblem.Is(e))
        {
            throw FileProblem.Reading(path, e);
        }
    }

    /// <summary>The files of a mapping that have rows in a file of rejected rows.</summary>
    /// <exception cref="CommandFailedException">A row is none, or is of a file or a rule that the mapping does not have.</exception>
    public static IReadOnlyList<FileMapping> FilesIn(string path, ImportMapping mapping)
    {
        using var reader = new StreamReader(path);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var row in Rows(path, reader, []))
        {
            var file = mapping.Files.FirstOrDefault(file => file.Name == row[File]);
            var problem =
                row.Error
                ?? (
                    file is null ? $"the mapping has no file '{row[File]}' ({File})"
                    : !IsRule(file, row[Rule]) ? $"the mapping has no rule '{row[Rule]}' for '{file.Name}' ({Rule})"
                    : !long.TryParse(row[Number], CultureInfo.InvariantCulture, out _)
                        ? $"'{row[Number]}' is no number of a row ({Number})"
                    : null
                );
            if (problem is not null)
            {
                throw new CommandFailedException($"{path}:{row.Line}: {problem}");
            }

            names.Add(file!.Name);
        }

        return [.. mapping.Files.Where(file => names.Contains(file.Name))];
    }

    /// <summary>The rows of one file of the mapping.</summary>
    public static IEnumerable<Row> Read(
        string path,
        TextReader reader,
        FileMapping mapping,
        IReadOnlyList<RequiredColumn> columns
    ) =>
        Rows(path, reader, columns)
            .Where(row => row.Error is not null || row[File] == mapping.Name)
            .Select(row => row.Error is null ? Original(row) : row);

    private static IEnumerable<Row> Rows(string path, TextReader reader, IReadOnlyList<RequiredColumn> columns) =>
        TableRows.Read(path, CsvRecords.Read(path, reader, ','), hasHeader: true, columns);

    private static bool IsRule(FileMapping file, string key) =>
        key.Length == 0 || file.Rules.Any(rule => rule.Key == key);

    private static Row Original(Row row) =>
        row.WithIdentity(long.Parse(row[Number], CultureInfo.InvariantCulture), row[Hash], row[Rule]);
}
