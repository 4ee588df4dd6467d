using SQLitePCL;

namespace Scoring.Engine.Storage;

/// <summary>A prepared statement of one <see cref="Database"/>.</summary>
internal sealed class Statement(Database database, sqlite3_stmt handle) : IDisposable
{
    public Statement Bind(int parameter, long value)
    {
        database.Check(raw.sqlite3_bind_int64(handle, parameter, value));
        return this;
    }

    public Statement Bind(int parameter, ReadOnlySpan<byte> value)
    {
        database.Check(raw.sqlite3_bind_blob(handle, parameter, value));
        return this;
    }

    /// <summary>Goes to the next row; false at the end, where the statement is ready to be run again.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(handle);
        if (code == raw.SQLITE_ROW)
        {
            return true;
        }
        if (code == raw.SQLITE_DONE)
        {
            _ = raw.sqlite3_reset(handle);
            return false;
        }
        var failure = database.Failure(code);
        _ = raw.sqlite3_reset(handle);
        throw failure;
    }

    /// <summary>Runs a statement that gives no rows.</summary>
    public void Run() => _ = Step();

    public void Reset() => _ = raw.sqlite3_reset(handle);

    public long Integer(int column) => raw.sqlite3_column_int64(handle, column);

    public string Text(int column) => raw.sqlite3_column_text(handle, column).utf8_to_string() ?? "";

    /// <summary>A blob; valid until the next step.</summary>
    public ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(handle, column);

    public void Dispose()
    {
        database.Forget(this);
        Release();
    }

    internal void Release() => _ = raw.sqlite3_finalize(handle);
}
