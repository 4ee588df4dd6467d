using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Scoring.Cli.Terminal;

namespace Scoring.Cli.Import.Sources;

/// <summary>
/// Gives the rows of a file their <see cref="Row.Hash"/>: the same to a row whenever the file is read, and to the rows that stay when it is
/// exported again with more of them.
/// </summary>
/// <param name="file">The file, for people.</param>
internal sealed class RowHashes(string file)
{
    // About 40 bytes of memory each.
    private const int MaxRows = 10_000_000;

    private readonly Dictionary<UInt128, int> _occurrences = [];

    /// <summary>Marks the next row of the file; one that brings a hash keeps it.</summary>
    /// <exception cref="CommandFailedException">The file has more different rows than are kept in mind.</exception>
    public void Mark(Row row)
    {
        if (row.Hash.Length > 0)
        {
            return;
        }

        var digest = Digest(row);
        var occurrence = _occurrences.GetValueOrDefault(digest) + 1;
        _occurrences[digest] = occurrence;
        if (_occurrences.Count > MaxRows)
        {
            throw new CommandFailedException(
                $"{file}: a file may have {MaxRows} different rows at most where the mapping uses {{{Row.HashName}}}; split it, or use {{{Row.NumberName}}}"
            );
        }

        row.Hash = string.Create(CultureInfo.InvariantCulture, $"{digest:x32}-{occurrence}");
    }

    /// <summary>Of names and values, whatever the order of the columns.</summary>
    private static UInt128 Digest(Row row)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, row.Text);
        foreach (var column in row.Columns.Order(StringComparer.Ordinal))
        {
            Append(hash, column);
            Append(hash, row[column]);
        }

        return BinaryPrimitives.ReadUInt128BigEndian(hash.GetHashAndReset());
    }

    private static void Append(IncrementalHash hash, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}
