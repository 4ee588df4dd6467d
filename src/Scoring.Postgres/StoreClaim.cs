using Npgsql;

namespace Scoring.Postgres;

/// <summary>Who uses the tables: any number of silos, or one that moves everything in them. Held by a connection, and gone with it.</summary>
internal static class StoreClaim
{
    // Any number, but the same in every version.
    internal const long Lock = 0x53_43_4F_52_45_2B;
    private const long LockOfSilos = Lock + 1;

    /// <summary>Claims the tables for a silo; false when everything in them is being moved.</summary>
    public static Task<bool> TryShareAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        TryAsync(connection, "pg_try_advisory_lock_shared", Lock, cancellationToken);

    /// <summary>Claims a place among the silos that use the tables; false when there is one that must be alone, or others where this one must.</summary>
    public static Task<bool> TryJoinAsync(
        NpgsqlConnection connection,
        bool isAlone,
        CancellationToken cancellationToken
    ) =>
        TryAsync(
            connection,
            isAlone ? "pg_try_advisory_lock" : "pg_try_advisory_lock_shared",
            LockOfSilos,
            cancellationToken
        );

    /// <summary>Claims the tables for one alone; false when a silo uses them, or somebody else moves everything.</summary>
    public static Task<bool> TryTakeAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        TryAsync(connection, "pg_try_advisory_lock", Lock, cancellationToken);

    private static async Task<bool> TryAsync(
        NpgsqlConnection connection,
        string function,
        long key,
        CancellationToken cancellationToken
    )
    {
        await using var command = connection.CreateCommand();
        command.CommandText = $"SELECT {function}({key})";
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
