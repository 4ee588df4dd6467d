using Npgsql;
using Scoring.Engine;
using Scoring.Engine.Storage;

namespace Scoring.Postgres;

/// <summary>Reads a blob, a row at a time.</summary>
internal sealed class PostgresBlobSource : IBlobSource
{
    private readonly Database _database;
    private readonly int _partition;
    private readonly long _number;
    private readonly byte[] _piece = new byte[PostgresBlobSink.PieceBytes];
    private long _start = -1;
    private int _length;

    /// <exception cref="StoreException">It is missing, or cannot be read.</exception>
    public PostgresBlobSource(Database database, int partition, long number)
    {
        (_database, _partition, _number) = (database, partition, number);
        Place = $"{database.Place}, blob {number} of partition {partition}";
        Length = database.Read(Place, ReadLength);
    }

    /// <inheritdoc/>
    public string Place { get; }

    /// <inheritdoc/>
    public long Length { get; }

    /// <inheritdoc/>
    public int Read(Span<byte> buffer, long offset)
    {
        if (offset >= Length)
        {
            return 0;
        }
        var start = offset - (offset % PostgresBlobSink.PieceBytes);
        if (_start != start)
        {
            _length = _database.Read(
                Place,
                connection => ReadPiece(connection, (int)(start / PostgresBlobSink.PieceBytes))
            );
            _start = start;
        }
        var piece = _piece.AsSpan(0, _length)[Math.Min(_length, (int)(offset - start))..];
        piece = piece[..Math.Min(piece.Length, buffer.Length)];
        piece.CopyTo(buffer);
        return piece.Length;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // It holds no connection between two reads.
    }

    private long ReadLength(NpgsqlConnection connection) =>
        connection.Ask<long?>(
            "SELECT sum(octet_length(content)) FROM scoring.blob WHERE partition = $1 AND number = $2",
            Sql.SmallInt(_partition),
            Sql.BigInt(_number)
        ) ?? throw PostgresErrors.Damaged(Place, "this blob of a checkpoint is missing");

    private int ReadPiece(NpgsqlConnection connection, int piece) =>
        connection.Query(
            "SELECT content FROM scoring.blob WHERE partition = $1 AND number = $2 AND piece = $3",
            row => (int)row.GetBytes(0, 0, _piece, 0, _piece.Length),
            Sql.SmallInt(_partition),
            Sql.BigInt(_number),
            Sql.Int(piece)
        )
            is [var length]
            ? length
            : throw PostgresErrors.Damaged(Place, $"piece {piece} of this blob of a checkpoint is missing");
}
