using Npgsql;
using Scoring.Engine;
using Scoring.Engine.Storage;

namespace Scoring.Postgres;

/// <summary>Checkpoints and documents as rows. What belongs to a partition lies in its database, the documents in the first.</summary>
internal sealed class PostgresCheckpointStore(
    IReadOnlyList<Database> databases,
    ClaimedEpochs claims,
    long identity,
    Action<CommitStep>? probe
) : ICheckpointStore, IDisposable
{
    private const string DocumentQuery = "SELECT version, checksum, content FROM scoring.document WHERE name = $1";

    private const string StateQuery = "SELECT version, checksum, content FROM scoring.partition WHERE partition = $1";

    private const string AddDocumentStatement = """
        INSERT INTO scoring.document (name, version, checksum, content) SELECT $1, $2, $3, $4 WHERE $2 = 1
        ON CONFLICT DO NOTHING
        """;

    private const string ReplaceDocumentStatement = """
        UPDATE scoring.document SET version = $2, checksum = $3, content = $4 WHERE name = $1 AND version = $2 - 1
        """;

    private const string ReplaceStateStatement = """
        UPDATE scoring.partition SET version = $2, checksum = $3, content = $4
        WHERE partition = $1 AND version = $2 - 1 AND epoch = $5
        """;

    private readonly Session[] _sessions = [.. databases.Select(database => new Session(database, "checkpoints"))];
    private int _inDoubt = -1;

    /// <inheritdoc/>
    public long Identity => identity;

    /// <inheritdoc/>
    public string PlaceOf(string document) => $"{databases[0].Place}, document {document}";

    /// <inheritdoc/>
    public byte[] ReadDocument(string name, out long version)
    {
        var (read, checksum, content) = ReadRow(database: 0, PlaceOf(name), DocumentQuery, name);
        version = read;
        return checksum == Checksum.OfDocument(Identity, name, read, content) ? content : throw Foreign(PlaceOf(name));
    }

    /// <inheritdoc/>
    public bool TryPutDocument(string name, long version, ReadOnlySpan<byte> content) =>
        TryPut(
            database: 0,
            version == 1 ? AddDocumentStatement : ReplaceDocumentStatement,
            Sql.Text(name),
            Sql.BigInt(version),
            Sql.BigInt(Checksum.OfDocument(Identity, name, version, content)),
            Sql.Bytes(content.ToArray())
        );

    /// <inheritdoc/>
    public string PlaceOf(int partition) => $"{databases[NumberOf(partition)].Place}, state of partition {partition}";

    /// <inheritdoc/>
    public byte[] ReadState(int partition, out long version)
    {
        var (read, checksum, content) = ReadRow(NumberOf(partition), PlaceOf(partition), StateQuery, (short)partition);
        if (checksum != Checksum.OfState(Identity, partition, read, content))
        {
            throw Foreign(PlaceOf(partition));
        }
        version = read;
        return content;
    }

    /// <inheritdoc/>
    public bool TryPutState(int partition, long version, ReadOnlySpan<byte> content)
    {
        var epoch = claims.EpochOf(partition, out var isLost);
        return !isLost
            && TryPut(
                NumberOf(partition),
                ReplaceStateStatement,
                Sql.SmallInt(partition),
                Sql.BigInt(version),
                Sql.BigInt(Checksum.OfState(Identity, partition, version, content)),
                Sql.Bytes(content.ToArray()),
                Sql.BigInt(epoch)
            );
    }

    /// <inheritdoc/>
    public IBlobSink CreateBlob(int partition, long number) =>
        new PostgresBlobSink(SessionOf(partition), partition, number, probe);

    /// <inheritdoc/>
    public IBlobSource OpenBlob(int partition, long number) =>
        new PostgresBlobSource(databases[NumberOf(partition)], partition, number);

    /// <inheritdoc/>
    public void DropBlob(int partition, long number)
    {
        try
        {
            SessionOf(partition).Try(connection => PostgresBlobSink.Drop(connection, partition, number));
        }
        catch (StoreFailure)
        {
            // It does no harm, and is removed by whoever owns the partition next.
        }
    }

    /// <inheritdoc/>
    public void StartWriting(Func<int, long, bool> isNamed)
    {
        // What is read is safe, and what may be removed is known of each partition once it is claimed.
    }

    /// <inheritdoc/>
    public void RemoveLeftovers(int partition, Func<long, bool> isNamed)
    {
        List<long> numbers = [];
        SessionOf(partition)
            .Try(connection =>
                numbers = connection.Query(
                    "SELECT DISTINCT number FROM scoring.blob WHERE partition = $1",
                    row => row.GetInt64(0),
                    Sql.SmallInt(partition)
                )
            );
        foreach (var number in numbers.Where(number => !isNamed(number)))
        {
            DropBlob(partition, number);
        }
    }

    /// <inheritdoc/>
    public void Settle()
    {
        probe?.Invoke(CommitStep.StoreReopen);
        if (_inDoubt < 0)
        {
            return;
        }
        try
        {
            _sessions[_inDoubt].Renew();
        }
        catch (Exception e) when (PostgresErrors.IsOfDatabase(e))
        {
            throw StoreFailure.InDoubt(databases[_inDoubt].Place, e);
        }
        _inDoubt = -1;
    }

    /// <summary>Closes its connections.</summary>
    public void Dispose() => Array.ForEach(_sessions, session => session.Dispose());

    private int NumberOf(int partition) => partition % databases.Count;

    private Session SessionOf(int partition) => _sessions[NumberOf(partition)];

    /// <summary>The row of a document or a state.</summary>
    private (long Version, long Checksum, byte[] Content) ReadRow(int database, string place, string query, object key)
    {
        var found = databases[database]
            .Read(
                place,
                connection =>
                    connection.Query(
                        query,
                        row => (row.GetInt64(0), row.GetInt64(1), row.GetFieldValue<byte[]>(2)),
                        new NpgsqlParameter { Value = key }
                    )
            );
        return found is [var row] ? row : throw PostgresErrors.Damaged(place, "it is missing");
    }

    private static StoreException Foreign(string place) =>
        PostgresErrors.Damaged(place, "it has a wrong checksum, or is another store's");

    private bool TryPut(int database, string statement, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        if (_inDoubt >= 0)
        {
            throw new InvalidOperationException("What the last put did must be found out first.");
        }
        try
        {
            probe?.Invoke(CommitStep.StoreBegin);
            var isPut = _sessions[database].Connection.Execute(statement, parameters) == 1;
            probe?.Invoke(CommitStep.StoreCommitted);
            return isPut;
        }
        catch (Exception e) when (PostgresErrors.IsOfDatabase(e))
        {
            var failure = PostgresErrors.Failure(databases[database].Place, e);
            _inDoubt = failure.IsFull ? -1 : database;
            throw failure;
        }
        catch (StoreFailure e) when (!e.IsFull)
        {
            _inDoubt = database;
            throw;
        }
    }
}
