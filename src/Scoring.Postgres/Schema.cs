using Npgsql;

namespace Scoring.Postgres;

/// <summary>The tables of the cluster edition.</summary>
public static class Schema
{
    // Any number, but the same in every version: two silos that start must not create the same table at once.
    private const long Lock = 0x53_43_4F_52_45;

    /// <summary>Asks whether the tables are there.</summary>
    internal const string AreThere =
        "SELECT to_regclass('scoring_customer') IS NOT NULL AND to_regclass('scoring_imported_id') IS NOT NULL";

    /// <summary>The script that makes the tables; it may be run again at any time.</summary>
    public static string Script { get; } = Load();

    /// <summary>Makes the tables that are not there yet.</summary>
    public static async Task EnsureAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = $"SELECT pg_advisory_xact_lock({Lock})";
        await command.ExecuteNonQueryAsync(cancellationToken);
        command.CommandText = Script;
        await command.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Whether the tables are there.</summary>
    public static async Task<bool> IsThereAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(AreThere);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static string Load()
    {
        using var stream = typeof(Schema).Assembly.GetManifestResourceStream("postgres.sql")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
