using Npgsql;
using NpgsqlTypes;
using Scoring.Engine;

namespace Scoring.Postgres;

/// <summary>What is known of a row that is to be appended, or of which it is not known whether it was.</summary>
internal enum RowFate
{
    /// <summary>It is in the log.</summary>
    Stands,

    /// <summary>Somebody else has taken its place, or claimed the partition.</summary>
    Fenced,

    /// <summary>It is not in the log, and may be appended by the newest owner.</summary>
    Absent,
}

/// <summary>Looks at the log to find out what became of rows, and where those go that are not there. Slower than an append, and rarely needed.</summary>
internal static class LogLook
{
    /// <summary>Finds out about rows of different partitions; those that are absent get the table that they go into.</summary>
    /// <exception cref="StoreException">Entries before one of them are missing.</exception>
    public static List<(LogRow Row, RowFate Fate)> At(
        Database database,
        NpgsqlConnection connection,
        IReadOnlyList<LogRow> rows
    )
    {
        while (true)
        {
            var tables = LogTables.List(connection);
            try
            {
                var newest = Newest(connection, tables, [.. rows.Select(row => (short)row.Partition)]);
                if (newest.Values.All(found => found.Next <= tables[^1]))
                {
                    return [.. rows.Select(row => FateOf(database, connection, tables, row, newest[row.Partition]))];
                }
                // A table was made, and used, since they were listed.
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UndefinedTable)
            {
                // One was dropped since they were listed.
            }
        }
    }

    /// <summary>Number of the last entry of partitions of which the newest claim is as given.</summary>
    public static Dictionary<int, long> Ends(NpgsqlConnection connection, IReadOnlyDictionary<int, long> epochs)
    {
        var found = Newest(
            connection,
            LogTables.List(connection),
            [.. epochs.Keys.Select(partition => (short)partition)]
        );
        return found
            .Where(partition => partition.Value.Claim == epochs[partition.Key])
            .ToDictionary(
                partition => partition.Key,
                partition => Math.Max(partition.Value.Last, partition.Value.Contained)
            );
    }

    private static (LogRow, RowFate) FateOf(
        Database database,
        NpgsqlConnection connection,
        List<long> tables,
        LogRow row,
        NewestRow newest
    )
    {
        if (newest.Last >= row.First)
        {
            var isMine = newest.First == row.First ? newest.Checksum == row.Checksum : IsThere(connection, tables, row);
            return (row, isMine ? RowFate.Stands : RowFate.Fenced);
        }
        if (newest.Claim != row.Epoch)
        {
            return (row, RowFate.Fenced);
        }
        if (Math.Max(newest.Last, newest.Contained) != row.First - 1)
        {
            throw PostgresErrors.Damaged(
                $"{database.Place}, log of partition {row.Partition}",
                $"its log ends at entry {Math.Max(newest.Last, newest.Contained)} of partition {row.Partition}, "
                    + $"and entries up to {row.First - 1} were appended: the database has lost what it was given"
            );
        }
        return (row with { Generation = Math.Max(newest.Next, tables[0]) }, RowFate.Absent);
    }

    private static bool IsThere(NpgsqlConnection connection, List<long> tables, LogRow row)
    {
        var anywhere = string.Join(
            " OR ",
            tables.Select(table =>
                $"EXISTS (SELECT FROM {LogTables.NameOf(table)} WHERE partition = $1 AND position = $2 AND checksum = $3)"
            )
        );
        return connection.Ask<bool>(
            $"SELECT {anywhere}",
            Sql.SmallInt(row.Partition),
            Sql.BigInt(row.First),
            Sql.BigInt(row.Checksum)
        );
    }

    private static Dictionary<int, NewestRow> Newest(NpgsqlConnection connection, List<long> tables, short[] partitions)
    {
        var rows = string.Join(
            " UNION ALL ",
            tables.Select(table =>
                $"(SELECT position, count, next, checksum FROM {LogTables.NameOf(table)} "
                + "WHERE partition = p.partition ORDER BY position DESC LIMIT 1)"
            )
        );
        return connection
            .Query(
                $"""
                SELECT p.partition, p.epoch, p.contained, l.position, l.count, l.next, l.checksum
                FROM scoring.partition p
                LEFT JOIN LATERAL (SELECT * FROM ({rows}) newest ORDER BY position DESC LIMIT 1) l ON true
                WHERE p.partition = ANY ($1)
                """,
                row => (Partition: (int)row.GetInt16(0), Newest: Read(row)),
                Sql.Array(partitions, NpgsqlDbType.Smallint)
            )
            .ToDictionary(found => found.Partition, found => found.Newest);
    }

    private static NewestRow Read(NpgsqlDataReader row)
    {
        var claimed = new NewestRow(Claim: row.GetInt64(1), Contained: row.GetInt64(2));
        return row.IsDBNull(3)
            ? claimed
            : claimed with
            {
                First = row.GetInt64(3),
                Last = row.GetInt64(3) + row.GetInt32(4) - 1,
                Next = row.GetInt64(5),
                Checksum = row.GetInt64(6),
            };
    }

    /// <summary>The newest claim to a partition, and its last row.</summary>
    private readonly record struct NewestRow(
        long Claim,
        long Contained,
        long First = 0,
        long Last = 0,
        long Next = LogTables.First,
        long Checksum = 0
    );
}
