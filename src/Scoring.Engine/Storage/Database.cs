using SQLitePCL;

namespace Scoring.Engine.Storage;

/// <summary>One connection to an SQLite file. One thread at a time.</summary>
/// <remarks>Speaks to SQLite directly: blobs go in and out as spans, and every result code is seen.</remarks>
internal sealed class Database : IDisposable
{
    private readonly sqlite3 _handle;
    private readonly List<Statement> _statements = [];
    private bool _disposed;

    static Database() => Batteries_V2.Init();

    private Database(sqlite3 handle) => _handle = handle;

    /// <summary>Opens a file without touching it: nothing is read or written before the first statement.</summary>
    /// <exception cref="SqliteFailure">It could not be opened.</exception>
    public static Database Open(string path, bool create = false)
    {
        var flags = raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_NOMUTEX | (create ? raw.SQLITE_OPEN_CREATE : 0);
        var code = raw.sqlite3_open_v2(path, out var handle, flags, null);
        var database = new Database(handle);
        if (code != raw.SQLITE_OK)
        {
            using (database)
            {
                throw database.Failure(code);
            }
        }
        _ = raw.sqlite3_extended_result_codes(handle, 1);
        return database;
    }

    /// <summary>
    /// While kept, closing leaves the write-ahead log as it is instead of copying it into the file, so that a file that turns out to be
    /// damaged stays as it was found.
    /// </summary>
    public void KeepLogOnClose(bool keep) =>
        Check(raw.sqlite3_db_config(_handle, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep ? 1 : 0, out _));

    public Statement Prepare(string sql)
    {
        Check(raw.sqlite3_prepare_v2(_handle, sql, out var statement));
        var prepared = new Statement(this, statement);
        _statements.Add(prepared);
        return prepared;
    }

    public void Execute(string sql)
    {
        using var statement = Prepare(sql);
        while (statement.Step()) { }
    }

    public long QueryInteger(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Step() ? statement.Integer(0) : 0;
    }

    public List<string> QueryTexts(string sql)
    {
        using var statement = Prepare(sql);
        var texts = new List<string>();
        while (statement.Step())
        {
            texts.Add(statement.Text(0));
        }
        return texts;
    }

    /// <summary>Copies the whole log into the file, synchronises both and empties the log.</summary>
    /// <exception cref="SqliteFailure">Not all of it could be copied.</exception>
    public void EmptyLog() =>
        Check(raw.sqlite3_wal_checkpoint_v2(_handle, null, raw.SQLITE_CHECKPOINT_TRUNCATE, out _, out _));

    /// <summary>Ends a transaction that is still open, whatever state a failure left it in.</summary>
    public void RollbackIfOpen()
    {
        if (raw.sqlite3_get_autocommit(_handle) == 0)
        {
            Execute("ROLLBACK");
        }
    }

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }
        _disposed = true;
        foreach (var statement in _statements)
        {
            statement.Release();
        }
        _statements.Clear();
        _ = raw.sqlite3_close_v2(_handle);
    }

    internal void Forget(Statement statement) => _statements.Remove(statement);

    internal void Check(int code)
    {
        if (code != raw.SQLITE_OK)
        {
            throw Failure(code);
        }
    }

    internal SqliteFailure Failure(int code) =>
        new(code, $"SQLite answered {code}: {raw.sqlite3_errmsg(_handle).utf8_to_string()}.");
}
