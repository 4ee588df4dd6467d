using Npgsql;

namespace Scoring.Postgres;

/// <summary>Who uses the tables: any number of silos, or one that moves everything in them. Held by a connection, and gone with it.</summary>
internal static class StoreClaim
{
    // Any number, but the same in every version.
    private const long Lock = 0x53_43_4F_52_45_2B;

    /// <summary>Claims the tables for a silo; false when everything in them is being moved.</summary>
    public static Task<bool> TryShareAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        TryAsync(connection, "pg_try_advisory_lock_shared", cancellationToken);

    /// <summary>Claims the tables for one alone; false when a silo uses them, or somebody else moves everything.</summary>
    public static Task<bool> TryTakeAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        TryAsync(connection, "pg_try_advisory_lock", cancellationToken);

    private static async Task<bool> TryAsync(
        NpgsqlConnection connection,
        string function,
        CancellationToken cancellationToken
    )
    {
        await using var command = connection.CreateCommand();
        command.CommandText = $"SELECT {function}({Lock})";
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
