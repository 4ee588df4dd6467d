using Npgsql;
using NpgsqlTypes;
using Scoring.Engine.Journal;
using Scoring.Engine.Storage;

namespace Scoring.Postgres;

/// <summary>Appends to the log of one database: one statement for all rows of a group commit that go into the same table, which nearly always are all.</summary>
/// <remarks>
/// <para>
/// Where the last row of a partition is known to be what this process has appended, the next one goes where that row says; should somebody else have taken
/// the place, or the table be gone, the database says so. Otherwise the log is looked at first (<see cref="LogLook"/>).
/// </para>
/// <para>
/// So a place is taken once, whichever tables two owners believe in. They have read the same last row, and so mean the same table, unless it was dropped
/// for one of them. Then whatever it held of the partition is contained in a checkpoint: had the place been taken there, that is by a later owner, who
/// put the state, and whose claim is seen by whoever finds the table gone.
/// </para>
/// </remarks>
internal sealed class LogWriter(Database database, long identity, long rotationBytes, bool waitsForDisk) : IDisposable
{
    private readonly Session _session = new(database, "log", waitsForDisk);
    private readonly Dictionary<int, Tail> _tails = [];
    private long _openings;
    private long _newest;
    private long _bytes;
    private volatile bool _mustRotate;
    private Task<long>? _making;

    /// <summary>Rows of which it is not known what became of them.</summary>
    public List<LogRow>? InDoubt { get; private set; }

    /// <summary>What appending rows to this database does to them.</summary>
    /// <returns>Partitions that somebody else owns.</returns>
    /// <exception cref="StoreFailure">As <see cref="IPartitionLog.Append"/>.</exception>
    public List<int> Append(IEnumerable<LogRow> frame)
    {
        var rows = frame.ToList();
        var fenced = new List<int>();
        Try(rows, () => fenced = Append(rows));
        return fenced;
    }

    /// <summary>Takes rows to be in doubt that are not, so that <see cref="Settle"/> appends them.</summary>
    public void Doubt(IEnumerable<LogRow> rows) => InDoubt = [.. rows];

    /// <summary>Finds out what became of rows that are in doubt, and appends what is absent.</summary>
    /// <returns>Partitions that somebody else owns.</returns>
    /// <exception cref="StoreFailure">It is still unknown.</exception>
    public List<int> Settle()
    {
        var fenced = new List<int>();
        if (InDoubt is { } rows)
        {
            Try(
                rows,
                () =>
                {
                    _session.Renew();
                    fenced = AppendLooking(rows);
                    InDoubt = null;
                }
            );
        }
        return fenced;
    }

    /// <summary>Closes the connection.</summary>
    public void Dispose()
    {
        // It uses connections that are about to be closed.
        _making?.ContinueWith(_ => { }, TaskScheduler.Default).Wait();
        _session.Dispose();
    }

    private void Try(List<LogRow> rows, Action append)
    {
        var wasInDoubt = InDoubt is not null;
        try
        {
            append();
        }
        catch (Exception e) when (PostgresErrors.IsOfDatabase(e))
        {
            var failure = PostgresErrors.Failure(database.Place, e);
            if (!failure.IsFull || wasInDoubt)
            {
                InDoubt = rows;
                throw StoreFailure.InDoubt(database.Place, e);
            }
            throw failure;
        }
    }

    private List<int> Append(List<LogRow> rows)
    {
        var connection = Connect();
        TakeNewTable();
        var isKnown = rows.TrueForAll(row =>
            _tails.TryGetValue(row.Partition, out var tail) && tail.End == row.First - 1
        );
        if (!isKnown)
        {
            return AppendLooking(rows);
        }
        for (var i = 0; i < rows.Count; i++)
        {
            rows[i] = Complete(rows[i] with { Generation = _tails[rows[i].Partition].Next });
        }
        try
        {
            return Note(rows, Insert(connection, rows));
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            // Nothing was appended; the table was dropped, which partitions that rest do not prevent.
            return AppendLooking(rows);
        }
    }

    /// <summary>Looks what is there, and appends what is absent.</summary>
    private List<int> AppendLooking(List<LogRow> rows)
    {
        var connection = Connect();
        while (true)
        {
            var fenced = new List<int>();
            var absent = new List<LogRow>();
            foreach (var (row, fate) in LogLook.At(database, connection, rows))
            {
                if (fate == RowFate.Fenced)
                {
                    fenced.Add(row.Partition);
                    _tails.Remove(row.Partition);
                }
                else if (fate == RowFate.Absent)
                {
                    absent.Add(Complete(row));
                }
            }
            Remember(rows, absent);
            try
            {
                fenced.AddRange(Note(absent, Insert(connection, absent)));
                return fenced;
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UndefinedTable)
            {
                // Dropped since it was looked at.
            }
        }
    }

    /// <summary>Keeps what was sent, to be recognised should its outcome be unknown.</summary>
    private static void Remember(List<LogRow> rows, List<LogRow> sent)
    {
        foreach (var row in sent)
        {
            rows[rows.FindIndex(r => r.Partition == row.Partition)] = row;
        }
    }

    private NpgsqlConnection Connect()
    {
        var connection = _session.Connection;
        if (_openings != _session.Openings)
        {
            // The database may have gone and have lost what it did not wait for.
            _tails.Clear();
            _openings = _session.Openings;
        }
        if (_newest == 0)
        {
            _newest = LogTables.List(connection)[^1];
        }
        return connection;
    }

    /// <summary>Says where the row after it goes. One that was sent before stays as it was.</summary>
    private LogRow Complete(LogRow row)
    {
        if (row.Next != 0)
        {
            return row;
        }
        var complete = row with { Next = Math.Max(_newest, row.Generation) };
        return complete with { Checksum = Checksum.OfLogRow(identity, complete) };
    }

    /// <summary>Appends rows, in one transaction; gives the partitions whose rows were.</summary>
    private static HashSet<int> Insert(NpgsqlConnection connection, List<LogRow> rows)
    {
        var appended = new HashSet<int>();
        if (rows.Count == 0)
        {
            return appended;
        }
        using var batch = new NpgsqlBatch(connection);
        foreach (var table in rows.GroupBy(row => row.Generation))
        {
            batch.BatchCommands.Add(Insert(table.Key, [.. table]));
        }
        using var reader = batch.ExecuteReader();
        do
        {
            while (reader.Read())
            {
                appended.Add(reader.GetInt16(0));
            }
        } while (reader.NextResult());
        return appended;
    }

    private static NpgsqlBatchCommand Insert(long table, LogRow[] rows) =>
        new(
            $"""
            INSERT INTO {LogTables.NameOf(table)} (partition, position, count, epoch, next, checksum, content)
            SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING partition
            """
        )
        {
            Parameters =
            {
                Sql.Array(Array.ConvertAll(rows, row => (short)row.Partition), NpgsqlDbType.Smallint),
                Sql.Array(Array.ConvertAll(rows, row => row.First), NpgsqlDbType.Bigint),
                Sql.Array(Array.ConvertAll(rows, row => row.Count), NpgsqlDbType.Integer),
                Sql.Array(Array.ConvertAll(rows, row => row.Epoch), NpgsqlDbType.Bigint),
                Sql.Array(Array.ConvertAll(rows, row => row.Next), NpgsqlDbType.Bigint),
                Sql.Array(Array.ConvertAll(rows, row => row.Checksum), NpgsqlDbType.Bigint),
                Sql.Array(Array.ConvertAll(rows, row => row.Content), NpgsqlDbType.Bytea),
            },
        };

    /// <summary>Keeps where partitions go on; gives those that somebody else has gone on with.</summary>
    private List<int> Note(List<LogRow> rows, HashSet<int> appended)
    {
        var fenced = new List<int>();
        foreach (var row in rows)
        {
            if (appended.Contains(row.Partition))
            {
                _tails[row.Partition] = new(row.Last, row.Next);
                _bytes += row.Content.Length;
            }
            else
            {
                _tails.Remove(row.Partition);
                fenced.Add(row.Partition);
            }
        }
        if ((_bytes >= rotationBytes || _mustRotate) && _making is null)
        {
            _bytes = 0;
            _mustRotate = false;
            var newest = _newest;
            // Beside the commits, which go on in the tables that there are.
            _making = Task.Run(() => MakeTable(newest));
        }
        return fenced;
    }

    /// <summary>Begins a new table with what is appended next, so that the one in use can be dropped. From any thread.</summary>
    public void Rotate() => _mustRotate = true;

    private long MakeTable(long behind)
    {
        try
        {
            var made = behind;
            database.Try(connection => made = LogTables.MakeBehind(connection, behind));
            return made;
        }
        catch (StoreFailure)
        {
            // Tried again when as much was appended once more; the table grows meanwhile.
            return behind;
        }
    }

    private void TakeNewTable()
    {
        // Where as much again was appended meanwhile it is waited for: what a table grows to is bounded.
        if (_making is { } made && (made.IsCompleted || _bytes >= rotationBytes))
        {
            _newest = Math.Max(_newest, made.Result);
            _making = null;
        }
    }

    /// <summary>The end of a partition's log.</summary>
    /// <param name="End">Its last entry.</param>
    /// <param name="Next">The table that the next row goes into.</param>
    private readonly record struct Tail(long End, long Next);
}
