using Npgsql;
using Scoring.Engine;
using Scoring.Engine.Storage;

namespace Scoring.Postgres;

/// <summary>Writes a blob as rows of one length, but for the last, over the connection of the checkpoint store.</summary>
/// <remarks>
/// The rows do not wait for the disk; the last one does, and so all before it. Should the database go down in between, the connection breaks, and
/// the blob is of no use.
/// </remarks>
internal sealed class PostgresBlobSink : IBlobSink
{
    /// <summary>Bytes of a row of a blob. A commit of the log may have to wait until one is on disk.</summary>
    public const int PieceBytes = 256 << 10;

    private const string PutStatement = """
        INSERT INTO scoring.blob (partition, number, piece, content)
        SELECT $1, $2, $3, $4 FROM set_config('synchronous_commit', $5, true)
        """;

    private readonly Session _session;
    private readonly int _partition;
    private readonly long _number;
    private readonly Action<CommitStep>? _probe;
    private readonly byte[] _piece = new byte[PieceBytes];
    private readonly long _opening;
    private int _length;
    private int _pieces;

    /// <summary>Begins a blob; what there is of one of that number is removed.</summary>
    /// <exception cref="StoreFailure">It could not be made.</exception>
    public PostgresBlobSink(Session session, int partition, long number, Action<CommitStep>? probe)
    {
        (_session, _partition, _number, _probe) = (session, partition, number, probe);
        session.Try(connection => Drop(connection, partition, number));
        _opening = session.Openings;
    }

    /// <summary>Removes a blob.</summary>
    public static void Drop(NpgsqlConnection connection, int partition, long number) =>
        connection.Execute(
            "DELETE FROM scoring.blob WHERE partition = $1 AND number = $2",
            Sql.SmallInt(partition),
            Sql.BigInt(number)
        );

    /// <inheritdoc/>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_length == _piece.Length)
            {
                Put(isLast: false);
            }
            var taken = Math.Min(bytes.Length, _piece.Length - _length);
            bytes[..taken].CopyTo(_piece.AsSpan(_length));
            _length += taken;
            bytes = bytes[taken..];
        }
    }

    /// <inheritdoc/>
    public void Complete() => Put(isLast: true);

    /// <inheritdoc/>
    public void Dispose()
    {
        // What was written of a blob that is not completed is removed by whoever gives it up, or uses the number again.
    }

    private void Put(bool isLast)
    {
        _session.Try(connection =>
        {
            if (_session.Openings != _opening)
            {
                throw new IOException("The connection was lost while a blob was written.");
            }
            connection.Execute(
                PutStatement,
                Sql.SmallInt(_partition),
                Sql.BigInt(_number),
                Sql.Int(_pieces++),
                Sql.Bytes(_piece.AsMemory(0, _length)),
                Sql.Text(isLast ? "on" : "off")
            );
        });
        _length = 0;
        _probe?.Invoke(CommitStep.SnapshotWritten);
    }
}
