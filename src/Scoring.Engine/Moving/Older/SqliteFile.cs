using System.Buffers.Binary;
using Microsoft.Data.Sqlite;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Moving.Older;

/// <summary>Reads tables of an SQLite database with an integer key and a blob, as older stores had. A copy is opened: SQLite changes what it opens.</summary>
internal sealed class SqliteFile : IDisposable
{
    private readonly string _path;
    private readonly string _copy = Directory.CreateTempSubdirectory("scoring-move-").FullName;
    private readonly SqliteConnection _connection;

    /// <exception cref="StoreException">It cannot be read, or is no such file.</exception>
    public SqliteFile(string path)
    {
        _path = path;
        var database = Path.Combine(_copy, Path.GetFileName(path));
        // A pool would keep the copy open.
        _connection = new($"Data Source={database};Pooling=False");
        try
        {
            File.Copy(path, database);
            if (File.Exists(path + "-wal"))
            {
                File.Copy(path + "-wal", database + "-wal");
            }
            _connection.Open();
            if (Ask("PRAGMA quick_check(1)", row => row.GetString(0)) is not ["ok"])
            {
                throw StoreErrors.Damaged(path, "SQLite finds it damaged");
            }
            var taken = Ask("PRAGMA wal_checkpoint", row => row.GetInt64(1))[0];
            if (File.Exists(path + "-wal") && HasCommitBehind(taken, File.ReadAllBytes(path + "-wal")))
            {
                throw StoreErrors.Damaged(path + "-wal", "a change that was committed in it cannot be read");
            }
            ApplicationId = Ask("PRAGMA application_id", row => row.GetInt64(0))[0];
            UserVersion = Ask("PRAGMA user_version", row => row.GetInt64(0))[0];
        }
        catch (Exception e) when (StoreFailure.IsOfDisk(e))
        {
            Dispose();
            throw StoreErrors.Unreadable(path, e);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The number that tells what the file is for.</summary>
    public long ApplicationId { get; }

    /// <summary>The version of what is in it.</summary>
    public long UserVersion { get; }

    /// <summary>The rows of a table by key: the blob behind each.</summary>
    /// <exception cref="StoreException">The file is damaged, or has no such table.</exception>
    public List<(long Key, byte[] Content)> Read(string table) =>
        Ask($"SELECT id, data FROM \"{table}\" ORDER BY id", row => (row.GetInt64(0), row.GetFieldValue<byte[]>(1)));

    /// <inheritdoc/>
    public void Dispose()
    {
        _connection.Dispose();
        Directory.Delete(_copy, recursive: true);
    }

    /// <summary>
    /// Whether a write-ahead log has a commit behind the frames that SQLite took, which it stops at in silence where one has a wrong checksum. Format:
    /// https://sqlite.org/fileformat2.html#walformat; frames of the newest round begin with the numbers that header and first frame have.
    /// </summary>
    private bool HasCommitBehind(long taken, ReadOnlySpan<byte> log)
    {
        const int header = 32;
        const int frameHeader = 24;
        var frameBytes = frameHeader + (int)Ask("PRAGMA page_size", row => row.GetInt64(0))[0];
        for (var at = header + (Math.Max(0, taken) * frameBytes); at + frameBytes <= log.Length; at += frameBytes)
        {
            var frame = log.Slice((int)at, frameHeader);
            var round = frame.Slice(8, 8);
            var isNewest = round.SequenceEqual(log.Slice(16, 8)) || round.SequenceEqual(log.Slice(header + 8, 8));
            if (isNewest && BinaryPrimitives.ReadUInt32BigEndian(frame[4..]) != 0)
            {
                return true;
            }
        }
        return false;
    }

    private List<T> Ask<T>(string statement, Func<SqliteDataReader, T> read)
    {
        try
        {
            using var command = _connection.CreateCommand();
            command.CommandText = statement;
            using var reader = command.ExecuteReader();
            var rows = new List<T>();
            while (reader.Read())
            {
                rows.Add(read(reader));
            }
            return rows;
        }
        catch (SqliteException e)
        {
            throw StoreErrors.Damaged(_path, e.Message.TrimEnd('.'));
        }
    }
}
