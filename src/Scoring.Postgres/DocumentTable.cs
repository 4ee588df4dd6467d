using Npgsql;

namespace Scoring.Postgres;

/// <summary>Accounts, models and vocabularies in PostgreSQL.</summary>
internal sealed class DocumentTable(NpgsqlDataSource source)
{
    private const string Insert = """
        INSERT INTO scoring_state (kind, key, version, content) VALUES (@kind, @key, 1, @content) ON CONFLICT DO NOTHING
        """;

    private const string Update = """
        UPDATE scoring_state SET version = version + 1, content = @content
        WHERE kind = @kind AND key = @key AND version = @expected
        """;

    /// <summary>Reads a document; version 0 when there is none.</summary>
    public async Task<(long Version, byte[] Content)> ReadAsync(
        string kind,
        byte[] key,
        CancellationToken cancellationToken
    )
    {
        await using var command = source.CreateCommand(
            "SELECT version, content FROM scoring_state WHERE kind = @kind AND key = @key"
        );
        command.Parameters.AddWithValue("kind", kind);
        command.Parameters.AddWithValue("key", key);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? (reader.GetInt64(0), reader.GetFieldValue<byte[]>(1))
            : (0, []);
    }

    /// <summary>Writes a document.</summary>
    /// <returns>Whether it is there; false when it was fenced off by another version than the expected one.</returns>
    public async Task<bool> WriteAsync(
        string kind,
        byte[] key,
        long expected,
        byte[] content,
        CancellationToken cancellationToken
    )
    {
        await using var command = source.CreateCommand(expected == 0 ? Insert : Update);
        command.Parameters.AddWithValue("kind", kind);
        command.Parameters.AddWithValue("key", key);
        command.Parameters.AddWithValue("expected", expected);
        command.Parameters.AddWithValue("content", content);
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }
}
