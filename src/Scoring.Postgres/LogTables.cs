using System.Globalization;
using Npgsql;

namespace Scoring.Postgres;

/// <summary>The tables that the log of a database consists of, numbered from 1; rows go by a whole table being dropped.</summary>
internal static class LogTables
{
    // Any number, but the same everywhere: two servers must not make the same table at once.
    private const long MakingLock = 0x5343_4F52_454C_4F47;

    /// <summary>The table that the first row of every partition goes into.</summary>
    public const long First = 1;

    public static string NameOf(long generation) =>
        string.Create(CultureInfo.InvariantCulture, $"scoring.log_{generation}");

    /// <summary>Makes a table. Rows are large, are written once and never change, so that nothing has to be compressed or cleaned up.</summary>
    public static string Make(long generation) =>
        $"""
            CREATE TABLE {NameOf(generation)} (
                partition smallint NOT NULL,
                position bigint NOT NULL,
                count integer NOT NULL,
                epoch bigint NOT NULL,
                next bigint NOT NULL,
                checksum bigint NOT NULL,
                content bytea NOT NULL,
                PRIMARY KEY (partition, position)
            ) WITH (autovacuum_enabled = false, toast.autovacuum_enabled = false);
            ALTER TABLE {NameOf(generation)} ALTER content SET STORAGE EXTERNAL;
            INSERT INTO scoring.generation (number) VALUES ({generation.ToString(CultureInfo.InvariantCulture)})
            """;

    /// <summary>The tables that there are, the oldest first.</summary>
    public static List<long> List(NpgsqlConnection connection) =>
        connection.Query("SELECT number FROM scoring.generation ORDER BY number", row => row.GetInt64(0));

    /// <summary>Gives the newest table, which is made unless there is one behind a number.</summary>
    public static long MakeBehind(NpgsqlConnection connection, long generation)
    {
        using var transaction = connection.BeginTransaction();
        connection.Execute("SELECT pg_advisory_xact_lock($1)", Sql.BigInt(MakingLock));
        var newest = List(connection)[^1];
        if (newest <= generation)
        {
            newest++;
            connection.Execute(Make(newest));
        }
        transaction.Commit();
        return newest;
    }

    /// <summary>Drops a table if nothing in it is needed any more; false when something is, or somebody uses it at the moment.</summary>
    /// <remarks>
    /// Looked at twice: nobody is kept out for nothing, and once the table is locked nothing can be added to what was looked at. Nobody waits for that lock,
    /// because all others would wait behind.
    /// </remarks>
    public static bool TryDrop(NpgsqlConnection connection, long generation)
    {
        if (IsNeeded(connection, generation))
        {
            return false;
        }
        using var transaction = connection.BeginTransaction();
        try
        {
            connection.Execute($"LOCK TABLE {NameOf(generation)} IN ACCESS EXCLUSIVE MODE NOWAIT");
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            return false;
        }
        if (IsNeeded(connection, generation))
        {
            return false;
        }
        connection.Execute(
            $"DELETE FROM scoring.generation WHERE number = {generation.ToString(CultureInfo.InvariantCulture)}; DROP TABLE {NameOf(generation)}"
        );
        transaction.Commit();
        return true;
    }

    private static bool IsNeeded(NpgsqlConnection connection, long generation) =>
        connection.Ask<bool>(
            $"""
            SELECT EXISTS (
                SELECT FROM scoring.partition p CROSS JOIN LATERAL (
                    SELECT position + count - 1 AS last FROM {NameOf(generation)} l
                    WHERE l.partition = p.partition ORDER BY position DESC LIMIT 1) newest
                WHERE newest.last > p.contained)
            """
        );
}
