using Npgsql;
using NpgsqlTypes;
using Scoring.Core;
using Scoring.Engine;
using Scoring.Engine.Journal;
using Scoring.Engine.Storage;

namespace Scoring.Postgres;

/// <summary>The logs of all partitions in the tables of one or several databases.</summary>
internal sealed class PostgresLog(
    IReadOnlyList<Database> databases,
    ClaimedEpochs claims,
    long identity,
    Durability durability,
    IReadOnlyList<LogSpan> spans,
    PostgresStoreOptions options
) : IPartitionLog
{
    private readonly Lock _gate = new();
    private readonly LogWriter[] _writers =
    [
        .. databases.Select(database => new LogWriter(
            database,
            identity,
            options.RotationBytes,
            waitsForDisk: durability == Durability.OnDisk
        )),
    ];
    private readonly bool _waitsForDisk = durability == Durability.OnDisk;
    private readonly Action<CommitStep> _probe = options.CommitProbe ?? (_ => { });
    private readonly Dictionary<int, long> _unsynced = [];
    private readonly List<int> _fenced = [];
    private long _bytes;

    /// <inheritdoc/>
    /// <remarks>As it was when a database could last be asked.</remarks>
    public long FileBytes
    {
        get
        {
            try
            {
                var bytes = databases.Sum(database => database.Read(database.Place, BytesIn));
                Volatile.Write(ref _bytes, bytes);
            }
            catch (StoreException)
            {
                // It is a figure for operators, who learn otherwise that the database cannot be reached.
            }
            return Volatile.Read(ref _bytes);
        }
    }

    /// <inheritdoc/>
    public IEnumerable<LogEntry> Read(int partition, long after) =>
        new LogReader(
            DatabaseOf(partition),
            identity,
            partition,
            partition < spans.Count ? spans[partition] : default
        ).Read(after);

    /// <inheritdoc/>
    /// <remarks>Whoever appended what was read need not have waited for the disk.</remarks>
    public void StartWriting()
    {
        foreach (var database in databases)
        {
            database.Try(Flush);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<int> Append(JournalFrame frame)
    {
        _fenced.Clear();
        var rows = RowsToAppend(frame).ToLookup(row => row.Partition % databases.Count);
        Begin(rows);
        var outcomes = OnAll(
            [.. rows.Select(database => database.Key)],
            number => _writers[number].Append(rows[number])
        );
        if (Array.Exists(outcomes, outcome => outcome.Failure is not null))
        {
            throw Doubt(rows, outcomes);
        }
        _probe(CommitStep.Written);
        Unsynced(frame);
        _probe(CommitStep.Committed);
        return [.. _fenced];
    }

    /// <inheritdoc/>
    public IReadOnlyList<int>? Settle(JournalFrame frame)
    {
        _probe(CommitStep.Reopen);
        int[] doubtful =
        [
            .. Enumerable.Range(0, _writers.Length).Where(number => _writers[number].InDoubt is not null),
        ];
        var outcomes = OnAll(doubtful, number => _writers[number].Settle());
        if (Array.Find(outcomes, outcome => outcome.Failure is not null).Failure is { } failure)
        {
            throw failure;
        }
        Unsynced(frame);
        return [.. _fenced];
    }

    /// <inheritdoc/>
    /// <remarks>
    /// A database that went down meanwhile has lost what it had not written, and says nothing of it: so what was acknowledged is looked for.
    /// </remarks>
    public void Sync()
    {
        if (_waitsForDisk)
        {
            return;
        }
        Dictionary<int, long> ends;
        lock (_gate)
        {
            ends = new(_unsynced);
        }
        foreach (var database in ends.GroupBy(end => end.Key % databases.Count))
        {
            databases[database.Key].Try(connection => Sync(connection, databases[database.Key], database));
        }
        lock (_gate)
        {
            foreach (var end in ends.Where(end => _unsynced.GetValueOrDefault(end.Key) == end.Value))
            {
                _unsynced.Remove(end.Key);
            }
        }
    }

    /// <inheritdoc/>
    /// <remarks>Rows go with their table, and the table once another one is in use.</remarks>
    public void EraseWhenForgotten() => Array.ForEach(_writers, writer => writer.Rotate());

    /// <inheritdoc/>
    public void Forget(Func<int, long> upTo)
    {
        foreach (var database in databases)
        {
            database.Try(connection => Forget(connection, database, upTo));
        }
    }

    /// <summary>Closes its connections.</summary>
    public void Dispose() => Array.ForEach(_writers, writer => writer.Dispose());

    private Database DatabaseOf(int partition) => databases[partition % databases.Count];

    /// <summary>The rows of a frame under the claims of this process, but for partitions that are known to be lost.</summary>
    private IEnumerable<LogRow> RowsToAppend(JournalFrame frame)
    {
        foreach (var row in frame.Rows)
        {
            var epoch = claims.EpochOf(row.Partition, out var isLost);
            if (isLost)
            {
                _fenced.Add(row.Partition);
            }
            else
            {
                yield return new(row.Partition, row.First, row.Count, epoch, Next: 0, row.Content);
            }
        }
    }

    private void Begin(ILookup<int, LogRow> rows)
    {
        try
        {
            _probe(CommitStep.Begin);
        }
        catch (StoreFailure e) when (!e.IsFull)
        {
            foreach (var database in rows)
            {
                _writers[database.Key].Doubt(database);
            }
            throw;
        }
    }

    /// <summary>Does something with several databases beside each other, and keeps what is fenced in those where it succeeded.</summary>
    private Outcome[] OnAll(int[] numbers, Func<int, List<int>> action)
    {
        if (numbers.Length == 0)
        {
            return [];
        }
        var others = numbers.Skip(1).Select(number => Task.Run(() => Outcome.Of(action, number))).ToArray();
        Outcome[] outcomes =
        [
            Outcome.Of(action, numbers[0]),
            .. others.Select(other => other.GetAwaiter().GetResult()),
        ];
        foreach (var outcome in outcomes)
        {
            _fenced.AddRange(outcome.Fenced);
        }
        return outcomes;
    }

    /// <summary>What to say of a frame that is not in all databases that it belongs in: it is full only when it is in none.</summary>
    private StoreFailure Doubt(ILookup<int, LogRow> rows, Outcome[] outcomes)
    {
        var failures = outcomes.Select(outcome => outcome.Failure).OfType<StoreFailure>().ToList();
        if (failures.Count == outcomes.Length && failures.TrueForAll(failure => failure.IsFull))
        {
            return failures[0];
        }
        foreach (var outcome in outcomes.Where(outcome => outcome.Failure is { IsFull: true }))
        {
            _writers[outcome.Database].Doubt(rows[outcome.Database]);
        }
        var first = failures.Find(failure => !failure.IsFull) ?? failures[0];
        return new StoreFailure(first.Message, isFull: false, first);
    }

    private void Unsynced(JournalFrame frame)
    {
        if (_waitsForDisk)
        {
            return;
        }
        lock (_gate)
        {
            foreach (var row in frame.Rows)
            {
                _unsynced[row.Partition] = row.First + row.Count - 1;
            }
            _fenced.ForEach(partition => _unsynced.Remove(partition));
        }
    }

    private void Sync(NpgsqlConnection connection, Database database, IEnumerable<KeyValuePair<int, long>> ends)
    {
        Flush(connection);
        // Whoever has claimed the others since answers for them, and no checkpoint of this process can become valid.
        var epochs = ends.Where(end => claims.Contains(end.Key))
            .ToDictionary(end => end.Key, end => claims.EpochOf(end.Key, out _));
        var found = LogLook.Ends(connection, epochs);
        foreach (var (partition, end) in ends)
        {
            if (found.TryGetValue(partition, out var there) && there < end)
            {
                throw new StoreFailure(
                    $"{database.Place}: entries up to {end} of partition {partition} were acknowledged, and those behind {there} are lost."
                );
            }
        }
    }

    /// <summary>Waits until everything that was committed before is on disk.</summary>
    private static void Flush(NpgsqlConnection connection) =>
        // A transaction that has written something, and waits for it whatever the database's own setting.
        connection.Execute(
            "SELECT set_config('synchronous_commit', 'on', true), pg_logical_emit_message(true, 'scoring', '')::text"
        );

    private void Forget(NpgsqlConnection connection, Database database, Func<int, long> upTo)
    {
        short[] partitions = [.. claims.Of(database.Index, databases.Count).Partitions];
        long[] entries = Array.ConvertAll(partitions, partition => upTo(partition));
        connection.Execute(
            """
            UPDATE scoring.partition p SET contained = done.entry FROM unnest($1, $2) AS done (partition, entry)
            WHERE p.partition = done.partition AND p.contained < done.entry
            """,
            Sql.Array(partitions, NpgsqlDbType.Smallint),
            Sql.Array(entries, NpgsqlDbType.Bigint)
        );
        var tables = LogTables.List(connection);
        // Never the newest: numbers are not used again.
        var dropped = 0;
        while (dropped < tables.Count - 1 && LogTables.TryDrop(connection, tables[dropped]))
        {
            dropped++;
        }
    }

    private static long BytesIn(NpgsqlConnection connection) =>
        connection.Ask<long>(
            "SELECT coalesce(sum(pg_total_relation_size(to_regclass('scoring.log_' || number))), 0)::bigint FROM scoring.generation"
        );

    private readonly record struct Outcome(int Database, List<int> Fenced, StoreFailure? Failure)
    {
        public static Outcome Of(Func<int, List<int>> action, int database)
        {
            try
            {
                return new(database, action(database), Failure: null);
            }
            catch (StoreFailure e)
            {
                return new(database, [], e);
            }
        }
    }
}
