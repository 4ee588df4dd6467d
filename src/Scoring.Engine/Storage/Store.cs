namespace Scoring.Engine.Storage;

/// <summary>Takes one row: its key, and its content without the checksum; the content is valid during the call only.</summary>
internal delegate void RowHandler(long id, ReadOnlySpan<byte> content);

/// <summary>The rows of the store, each under its checksum. One thread at a time.</summary>
internal sealed class Store : IDisposable
{
    // 16 MiB of 4 KiB pages: large enough that pages written often are copied once, small enough that copying takes few milliseconds.
    private const int LogPages = 4_096;
    private readonly Database _database;
    private readonly Dictionary<Table, Statement> _puts = [];
    private readonly Dictionary<Table, Statement> _deletes = [];
    private readonly Dictionary<string, Statement> _commands = [];

    public Store(string path, Database database)
    {
        Path = path;
        _database = database;
    }

    public string Path { get; }

    /// <summary>Ends the time in which nothing may change. To be called once everything has been read and found sound.</summary>
    public void AllowWrites()
    {
        _database.KeepLogOnClose(keep: false);
        _database.Execute($"PRAGMA wal_autocheckpoint = {LogPages}");
        _database.Execute($"PRAGMA journal_size_limit = {LogPages * 4_096L * 4}");
        // Also where acknowledgements do not wait for the disk: journal that a checkpoint contains is written over.
        _database.Execute("PRAGMA synchronous = FULL");
    }

    /// <summary>Reads the rows from one key to another, both included, in the order of their keys.</summary>
    /// <exception cref="StoreException">A row is damaged, or the handler found one malformed.</exception>
    public void Scan(Table table, long from, long to, RowHandler handler)
    {
        try
        {
            using var rows = _database.Prepare(
                $"SELECT id, data FROM {StoreSchema.Name(table)} WHERE id BETWEEN ?1 AND ?2 ORDER BY id"
            );
            rows.Bind(1, from).Bind(2, to);
            while (rows.Step())
            {
                Open(table, rows, handler);
            }
        }
        catch (SqliteFailure e)
        {
            throw StoreFile.Unusable(Path, e);
        }
    }

    public void Begin() => Command("BEGIN IMMEDIATE").Run();

    public void Commit() => Command("COMMIT").Run();

    public void Rollback() => _database.RollbackIfOpen();

    /// <summary>Adds or replaces a row. The last 8 bytes of the blob are overwritten with its checksum.</summary>
    public void Put(Table table, long id, Span<byte> blob)
    {
        if (!_puts.TryGetValue(table, out var statement))
        {
            statement = _database.Prepare($"INSERT OR REPLACE INTO {StoreSchema.Name(table)}(id, data) VALUES(?1, ?2)");
            _puts.Add(table, statement);
        }
        Checksum.Seal(table, id, blob);
        statement.Bind(1, id).Bind(2, blob).Run();
    }

    /// <summary>Removes the rows from one key to another, both included.</summary>
    public void Delete(Table table, long from, long to)
    {
        if (!_deletes.TryGetValue(table, out var statement))
        {
            statement = _database.Prepare($"DELETE FROM {StoreSchema.Name(table)} WHERE id BETWEEN ?1 AND ?2");
            _deletes.Add(table, statement);
        }
        statement.Bind(1, from).Bind(2, to).Run();
    }

    /// <summary>Leaves the log as it is on closing: what is in it is in doubt.</summary>
    public void KeepLog() => _database.KeepLogOnClose(keep: true);

    /// <summary>Makes what the file holds now safe against power failure, and the log empty.</summary>
    public void EmptyLog() => _database.EmptyLog();

    public void Dispose() => _database.Dispose();

    private void Open(Table table, Statement rows, RowHandler handler)
    {
        var id = rows.Integer(0);
        if (!Checksum.TryOpen(table, id, rows.Blob(1), out var content))
        {
            throw StoreFile.Damaged(Path, $"row {id} of table {StoreSchema.Name(table)} has a wrong checksum");
        }
        try
        {
            handler(id, content);
        }
        catch (InvalidDataException e)
        {
            throw StoreFile.Damaged(Path, $"row {id} of table {StoreSchema.Name(table)}: {e.Message.TrimEnd('.')}");
        }
    }

    private Statement Command(string sql)
    {
        if (!_commands.TryGetValue(sql, out var statement))
        {
            statement = _database.Prepare(sql);
            _commands.Add(sql, statement);
        }
        return statement;
    }
}
