using SQLitePCL;

namespace Scoring.Engine.Storage;

/// <summary>SQLite refused an operation.</summary>
internal sealed class SqliteFailure(int code, string message) : StoreFailure(message)
{
    /// <summary>The extended result code.</summary>
    public int Code { get; } = code;

    /// <inheritdoc/>
    public override bool IsFull => (Code & 0xFF) == raw.SQLITE_FULL;

    /// <summary>Whether the file is not what SQLite expects, as opposed to not being accessible.</summary>
    public bool IsDamage =>
        (Code & 0xFF) is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB || Code == raw.SQLITE_IOERR_SHORT_READ;
}
