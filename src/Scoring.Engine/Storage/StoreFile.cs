using System.Buffers.Binary;
using Scoring.Engine.Journal;
using Scoring.Engine.Snapshots;

namespace Scoring.Engine.Storage;

/// <summary>Makes and opens the database file. Opening changes nothing in it before all of it has been found sound.</summary>
internal static class StoreFile
{
    public const string FileName = "scoring.db";

    /// <summary>Bytes of a page of the file.</summary>
    public const int PageBytes = 4_096;

    private const int HeaderBytes = 100;

    // A slice of a checkpoint: rows are not read again, and a larger cache would only push the customers out of the processor's.
    private const int CachePages = 1_024;

    private const string Restore =
        "The store has been left as it is. Restore it from a backup, or move it away to start with an empty store.";

    /// <summary>Whether there is a store to be opened; otherwise one is to be made.</summary>
    public static bool Exists(string path)
    {
        if (File.Exists(path))
        {
            return true;
        }
        if (File.Exists(path + "-wal"))
        {
            throw new StoreException(path, $"is missing while its write-ahead log {path}-wal is there. {Restore}");
        }
        var directory = Path.GetDirectoryName(path)!;
        if (JournalSegment.FilesIn(directory).FirstOrDefault() is { } segment)
        {
            throw new StoreException(path, $"is missing while a file of its journal, {segment}, is there. {Restore}");
        }
        if (SnapshotFolder.FilesIn(directory).FirstOrDefault() is { } snapshot)
        {
            throw new StoreException(path, $"is missing while a file of a checkpoint, {snapshot}, is there. {Restore}");
        }
        return false;
    }

    /// <summary>Makes an empty store. It appears under its name only once it is whole.</summary>
    public static void Create(string path, Action<Store> fill)
    {
        var draft = path + ".new";
        foreach (var suffix in (string[])["", "-wal", "-shm", "-journal"])
        {
            File.Delete(draft + suffix);
        }
        using (var database = Database.Open(draft, create: true))
        {
            database.Execute($"PRAGMA page_size = {PageBytes}");
            database.Execute($"PRAGMA application_id = {StoreSchema.ApplicationId}");
            database.Execute($"PRAGMA user_version = {StoreSchema.Version}");
            database.Execute("PRAGMA journal_mode = WAL");
            using var store = new Store(draft, database);
            store.Begin();
            foreach (var statement in StoreSchema.Statements)
            {
                database.Execute(statement);
            }
            fill(store);
            store.Commit();
            database.EmptyLog();
        }
        File.Delete(draft + "-wal");
        File.Delete(draft + "-shm");
        File.Move(draft, path);
        DiskSync.Names(Path.GetDirectoryName(path)!);
    }

    /// <summary>Opens the file for reading what is in it; <see cref="Store.AllowWrites"/> ends that.</summary>
    /// <exception cref="StoreException">It is not a store, not of this version, or damaged.</exception>
    public static Store Open(string path)
    {
        CheckHeader(path);
        Database? database = null;
        try
        {
            database = OpenUntouched(path);
            CheckSchema(path, database);
            return new Store(path, database);
        }
        catch (SqliteFailure e)
        {
            database?.Dispose();
            throw Unusable(path, e);
        }
        catch (StoreException)
        {
            database?.Dispose();
            throw;
        }
    }

    /// <summary>Looks whether the pages of the file fit together, on a connection of its own, so that rows can be read meanwhile.</summary>
    /// <exception cref="StoreException">They do not.</exception>
    public static void CheckPages(string path)
    {
        try
        {
            using var database = OpenUntouched(path);
            var faults = database.QueryTexts("PRAGMA quick_check(3)");
            if (faults is not ["ok"])
            {
                throw Damaged(path, $"its pages do not fit together ({string.Join("; ", faults)})");
            }
        }
        catch (SqliteFailure e)
        {
            throw Unusable(path, e);
        }
    }

    /// <summary>A connection that leaves the file and its log as they are.</summary>
    public static Database OpenUntouched(string path)
    {
        var database = Database.Open(path);
        try
        {
            database.KeepLogOnClose(keep: true);
            database.Execute("PRAGMA wal_autocheckpoint = 0");
            database.Execute($"PRAGMA cache_size = {CachePages}");
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    public static StoreException Damaged(string path, string how) =>
        new(path, $"the store is damaged: {how}. {Restore}");

    public static StoreException Unusable(string path, SqliteFailure failure) =>
        failure.IsDamage
            ? new(path, $"the store is damaged: {failure.Message} {Restore}", failure)
            : new(path, $"the store cannot be read: {failure.Message} Check the disk and the permissions.", failure);

    /// <summary>Looks at the first bytes before SQLite does: a foreign file must not even be locked.</summary>
    private static void CheckHeader(string path)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        long length;
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite))
        {
            if (file.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) < HeaderBytes)
            {
                throw Damaged(path, $"it is only {file.Length} bytes long");
            }
            length = file.Length;
        }
        if (!header[..16].SequenceEqual("SQLite format 3\0"u8))
        {
            throw new StoreException(
                path,
                "is not a store of this service (not an SQLite file). Choose another data directory, or restore the file."
            );
        }
        if (BinaryPrimitives.ReadInt32BigEndian(header[68..]) != StoreSchema.ApplicationId)
        {
            throw new StoreException(
                path,
                "is an SQLite file of another application. Choose another data directory, or restore the file."
            );
        }
        if (header[18] != 2 || header[19] != 2)
        {
            throw Damaged(path, "it is not in write-ahead mode, which it always is when this service wrote it");
        }
        var log = new FileInfo(path + "-wal");
        if (length % PageBytes != 0 && log is not { Exists: true, Length: > 0 })
        {
            throw Damaged(path, $"its length of {length} bytes is not a whole number of pages");
        }
        if (File.Exists(path + "-journal"))
        {
            throw Damaged(path, $"there is a rollback journal {path}-journal, which this service never makes");
        }
    }

    private static void CheckSchema(string path, Database database)
    {
        var version = database.QueryInteger("PRAGMA user_version");
        if (version > StoreSchema.Version)
        {
            throw new StoreException(
                path,
                $"was written by a newer version of this service (layout {version}, known {StoreSchema.Version}). "
                    + "Start that version, or restore a backup of the older layout."
            );
        }
        if (version is > 0 and < StoreSchema.Version)
        {
            throw new StoreException(
                path,
                $"was written by an older version of this service (layout {version}, known {StoreSchema.Version}), whose stores cannot be "
                    + "converted. Start that version, or choose another data directory and import the data again."
            );
        }
        if (version != StoreSchema.Version)
        {
            throw Damaged(path, $"its layout version {version} does not exist");
        }
        if (!database.QueryTexts("SELECT sql FROM sqlite_schema ORDER BY rowid").SequenceEqual(StoreSchema.Statements))
        {
            throw Damaged(path, "its tables are not those of a store");
        }
    }
}
