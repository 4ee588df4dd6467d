using Npgsql;
using Scoring.Engine.Storage;

namespace Scoring.Postgres;

/// <summary>Takes the documents and states that a store is made with, within the transactions that make it.</summary>
internal sealed class MakingStore(IReadOnlyList<NpgsqlConnection> connections, long identity) : ICheckpointStore
{
    /// <inheritdoc/>
    public long Identity => identity;

    /// <inheritdoc/>
    public string PlaceOf(string document) => $"document {document} of a store that is being made";

    /// <inheritdoc/>
    public string PlaceOf(int partition) => $"state of partition {partition} of a store that is being made";

    /// <inheritdoc/>
    public bool TryPutDocument(string name, long version, ReadOnlySpan<byte> content) =>
        connections[0]
            .Execute(
                "INSERT INTO scoring.document (name, version, checksum, content) VALUES ($1, $2, $3, $4)",
                Sql.Text(name),
                Sql.BigInt(version),
                Sql.BigInt(Checksum.OfDocument(identity, name, version, content)),
                Sql.Bytes(content.ToArray())
            ) == 1;

    /// <inheritdoc/>
    public bool TryPutState(int partition, long version, ReadOnlySpan<byte> content) =>
        connections[partition % connections.Count]
            .Execute(
                "INSERT INTO scoring.partition (partition, version, checksum, content) VALUES ($1, $2, $3, $4)",
                Sql.SmallInt(partition),
                Sql.BigInt(version),
                Sql.BigInt(Checksum.OfState(identity, partition, version, content)),
                Sql.Bytes(content.ToArray())
            ) == 1;

    /// <inheritdoc/>
    public byte[] ReadDocument(string name, out long version) => throw OnlyPuts();

    /// <inheritdoc/>
    public byte[] ReadState(int partition, out long version) => throw OnlyPuts();

    /// <inheritdoc/>
    public IBlobSink CreateBlob(int partition, long number) => throw OnlyPuts();

    /// <inheritdoc/>
    public IBlobSource OpenBlob(int partition, long number) => throw OnlyPuts();

    /// <inheritdoc/>
    public void DropBlob(int partition, long number) => throw OnlyPuts();

    /// <inheritdoc/>
    public void StartWriting(Func<int, long, bool> isNamed) => throw OnlyPuts();

    /// <inheritdoc/>
    public void RemoveLeftovers(int partition, Func<long, bool> isNamed) => throw OnlyPuts();

    /// <inheritdoc/>
    public void Settle() => throw OnlyPuts();

    private static NotSupportedException OnlyPuts() =>
        new("A store that is being made takes documents and states only.");
}
