using Npgsql;

namespace Scoring.Postgres;

/// <summary>A document or a state as it is stored.</summary>
internal sealed record StoredRow(long Version, long Checksum, byte[] Content)
{
    /// <summary>Reads the row that a query finds; null when it finds none.</summary>
    public static StoredRow? Read(NpgsqlCommand query)
    {
        using var reader = query.ExecuteReader();
        return reader.Read() ? new(reader.GetInt64(0), reader.GetInt64(1), reader.GetFieldValue<byte[]>(2)) : null;
    }
}
