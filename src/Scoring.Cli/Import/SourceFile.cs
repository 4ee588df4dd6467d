using System.Security.Cryptography;
using System.Text;
using Scoring.Cli.Import.Mapping;
using Scoring.Cli.Import.Rejects;
using Scoring.Cli.Import.Sources;
using Scoring.Cli.Terminal;

namespace Scoring.Cli.Import;

/// <summary>A file of rows, read from front to back without being held in memory.</summary>
/// <param name="path">Where it is.</param>
/// <param name="mapping">What it holds.</param>
/// <param name="isRejects">Whether it is a file of rejected rows (<see cref="RejectsFile"/>), of which those of the mapping's file are read.</param>
internal sealed class SourceFile(string path, FileMapping mapping, bool isRejects = false)
{
    private const int BufferBytes = 1 << 16;

    // Strict, though all has been checked before: silently replaced characters would make other ids of damaged ones.
    private static readonly UTF8Encoding StrictUtf8 = new(
        encoderShouldEmitUTF8Identifier: true,
        throwOnInvalidBytes: true
    );

    public string Path => path;

    public FileMapping Mapping => mapping;

    public long Length => new FileInfo(path).Length;

    /// <summary>Reads the whole file, to see that it is UTF-8.</summary>
    /// <returns>What tells its content from that of other files.</returns>
    /// <exception cref="CommandFailedException">It cannot be read, or is not UTF-8.</exception>
    public async Task<string> CheckAsync(CancellationToken cancellationToken)
    {
        await using var stream = Open();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var check = new Utf8Check(path);
        var buffer = new byte[BufferBytes];
        while (await stream.ReadAsync(buffer, cancellationToken) is > 0 and var length)
        {
            check.Append(buffer.AsSpan(0, length));
            hash.AppendData(buffer, 0, length);
        }

        check.Complete();
        var content = Convert.ToHexStringLower(hash.GetHashAndReset());
        return isRejects ? $"{content} {mapping.Name}" : content;
    }

    /// <summary>The rows in order; blank lines are none.</summary>
    /// <param name="columns">The columns that will be read: a CSV file must have them all.</param>
    /// <param name="position">Told how many bytes of the file have been read.</param>
    /// <exception cref="CommandFailedException">The file cannot be read, or lacks a column.</exception>
    public IEnumerable<Row> Read(IEnumerable<RequiredColumn> columns, Action<long>? position = null)
    {
        using var stream = Open();
        using var reader = new StreamReader(stream, StrictUtf8, detectEncodingFromByteOrderMarks: false);
        foreach (var row in Rows(reader, [.. columns]))
        {
            yield return row;
            position?.Invoke(stream.Position);
        }
    }

    /// <summary>The columns of the rows: as the file has them, or where every row has its own, those that the mapping reads.</summary>
    public IReadOnlyList<string> ColumnNames()
    {
        string[] read = [.. mapping.Columns.Select(column => column.Column).Distinct(StringComparer.Ordinal)];
        if (mapping.Format == SourceFormat.JsonLines && !isRejects)
        {
            return read;
        }

        var names = Read([]).FirstOrDefault(row => row.Error is null)?.Columns ?? read;
        return [.. names.Except(RejectsFile.Columns, StringComparer.Ordinal)];
    }

    private IEnumerable<Row> Rows(StreamReader reader, RequiredColumn[] columns) =>
        isRejects ? RejectsFile.Read(path, reader, mapping, columns)
        : mapping.Format == SourceFormat.JsonLines ? JsonLineRows.Read(path, reader)
        : TableRows.Read(path, Records(reader), mapping.HasHeader, columns);

    private IEnumerable<TextRecord> Records(StreamReader reader) =>
        mapping.Delimiter.Pattern is null
            ? CsvRecords.Read(path, reader, mapping.Delimiter.Character)
            : TextLines
                .Read(path, reader)
                .Select(line => new TextRecord(line.Number, mapping.Delimiter.Split(line.Text), line.Text));

    private FileStream Open()
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes);
        }
        catch (Exception e) when (FileProblem.Is(e))
        {
            throw FileProblem.Reading(path, e);
        }
    }
}
