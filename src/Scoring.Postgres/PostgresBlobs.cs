using Npgsql;
using Scoring.Engine;
using Scoring.Engine.Storage;

namespace Scoring.Postgres;

/// <summary>The blobs of one database, and the connection that checkpoints are written over.</summary>
internal sealed class PostgresBlobs(Database database, Session session, Action<CommitStep>? probe)
{
    /// <summary>Bytes of a row of a blob. A commit of the log may have to wait until one is on disk.</summary>
    public const int PieceBytes = 256 << 10;

    private const string PutStatement = """
        INSERT INTO scoring.blob (partition, number, piece, content)
        SELECT $1, $2, $3, $4 FROM set_config('synchronous_commit', $5, true)
        """;

    private const string DropStatement = "DELETE FROM scoring.blob WHERE partition = $1 AND number = $2";

    private const string NumbersStatement = "SELECT DISTINCT number FROM scoring.blob WHERE partition = $1";

    /// <summary>Begins a blob; what there is of one of that number is removed.</summary>
    /// <exception cref="StoreFailure">It could not be made.</exception>
    public IBlobSink Create(int partition, long number)
    {
        Try(connection => Drop(connection, partition, number));
        return new PostgresBlobSink(this, partition, number, session.Openings);
    }

    /// <summary>Writes a piece of a blob.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="number">The blob.</param>
    /// <param name="piece">Number of the piece, from 0.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="waitsForDisk">Whether to wait until it and those before are on disk.</param>
    /// <param name="opening">The session that the blob was begun in.</param>
    /// <exception cref="StoreFailure">The blob is of no use.</exception>
    public void Put(
        int partition,
        long number,
        int piece,
        ReadOnlyMemory<byte> content,
        bool waitsForDisk,
        long opening
    )
    {
        Try(connection =>
        {
            if (session.Openings != opening)
            {
                throw new IOException("The connection was lost while a blob was written.");
            }
            connection.Execute(
                PutStatement,
                Sql.SmallInt(partition),
                Sql.BigInt(number),
                Sql.Int(piece),
                Sql.Bytes(content),
                Sql.Text(waitsForDisk ? "on" : "off")
            );
        });
        probe?.Invoke(CommitStep.SnapshotWritten);
    }

    /// <summary>Removes a blob, or leaves it to whoever owns the partition next.</summary>
    public void TryDrop(int partition, long number)
    {
        try
        {
            Try(connection => Drop(connection, partition, number));
        }
        catch (StoreFailure)
        {
            // It does no harm.
        }
    }

    /// <summary>The numbers of the blobs that there are of a partition.</summary>
    /// <exception cref="StoreFailure">They cannot be read.</exception>
    public List<long> NumbersOf(int partition)
    {
        var numbers = new List<long>();
        Try(connection =>
            numbers = connection.Query(NumbersStatement, row => row.GetInt64(0), Sql.SmallInt(partition))
        );
        return numbers;
    }

    /// <summary>Opens a blob.</summary>
    /// <exception cref="StoreException">It is missing, or cannot be read.</exception>
    public IBlobSource Open(int partition, long number) => new PostgresBlobSource(database, partition, number);

    private static void Drop(NpgsqlConnection connection, int partition, long number) =>
        connection.Execute(DropStatement, Sql.SmallInt(partition), Sql.BigInt(number));

    private void Try(Action<NpgsqlConnection> action)
    {
        try
        {
            action(session.Connection);
        }
        catch (Exception e) when (PostgresErrors.IsOfDatabase(e))
        {
            throw PostgresErrors.Failure(database.Place, e);
        }
    }
}
