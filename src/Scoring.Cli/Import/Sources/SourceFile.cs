using System.Security.Cryptography;
using System.Text;
using Scoring.Cli.Import.Mapping;
using Scoring.Cli.Terminal;

namespace Scoring.Cli.Import.Sources;

/// <summary>A file of rows, read from front to back without being held in memory.</summary>
/// <param name="path">Where it is.</param>
/// <param name="mapping">What it holds.</param>
internal sealed class SourceFile(string path, FileMapping mapping)
{
    // Strict: silently replaced characters would make other ids of damaged ones.
    private static readonly UTF8Encoding StrictUtf8 = new(
        encoderShouldEmitUTF8Identifier: false,
        throwOnInvalidBytes: true
    );

    public string Path => path;

    public FileMapping Mapping => mapping;

    public long Length => new FileInfo(path).Length;

    /// <summary>Hash of the file's bytes, in lower-case hexadecimal digits.</summary>
    public async Task<string> HashAsync(CancellationToken cancellationToken)
    {
        await using var stream = Open();
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken));
    }

    /// <summary>The rows in order; blank lines are none.</summary>
    /// <param name="columns">The columns that will be read: a CSV file must have them all.</param>
    /// <param name="position">Told how many bytes of the file have been read.</param>
    /// <exception cref="CommandFailedException">The file cannot be read, is not UTF-8, or lacks a column.</exception>
    public IEnumerable<Row> Read(IEnumerable<RequiredColumn> columns, Action<long>? position = null)
    {
        using var stream = Open();
        using var reader = new StreamReader(stream, StrictUtf8, detectEncodingFromByteOrderMarks: true);
        var rows =
            mapping.Format == SourceFormat.Csv ? CsvRows.Read(this, reader, [.. columns]) : JsonLineRows.Read(reader);
        using var enumerator = rows.GetEnumerator();
        var last = 0L;
        while (MoveNext(enumerator, ref last))
        {
            yield return enumerator.Current;
            position?.Invoke(stream.Position);
        }
    }

    private bool MoveNext(IEnumerator<Row> enumerator, ref long line)
    {
        try
        {
            if (!enumerator.MoveNext())
            {
                return false;
            }

            line = enumerator.Current.Line;
            return true;
        }
        catch (DecoderFallbackException e)
        {
            throw new CommandFailedException(
                $"{path}: after line {line} the text is not UTF-8; convert the file to UTF-8",
                e
            );
        }
    }

    private FileStream Open()
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"{path}: cannot be read: {e.Message}", e);
        }
    }
}

/// <summary>A column that the mapping reads, and where it says so.</summary>
internal readonly record struct RequiredColumn(string Column, int MappingLine, string Field);
