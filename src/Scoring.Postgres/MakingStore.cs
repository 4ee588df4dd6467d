using Npgsql;
using Scoring.Engine.Storage;

namespace Scoring.Postgres;

/// <summary>Takes the documents and states that a store is made with, within the transactions that make it.</summary>
internal sealed class MakingStore(IReadOnlyList<NpgsqlConnection> connections, long identity) : IStoreTarget
{
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
}
