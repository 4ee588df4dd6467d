using System.Data;
using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using Scoring.Engine;
using Scoring.Engine.Storage;

namespace Scoring.Postgres;

/// <summary>Until when this server may answer for the partitions of one database, and which of them are its own.</summary>
/// <remarks>
/// <para>
/// Claiming and renewing exclude each other by a lock on the row of the server that had the partition: a claim that is committed before a renewal is
/// seen by it, and one that comes after knows how far the renewal reaches. What a renewal says of partitions that were lost is noted before the lease
/// is taken to be longer.
/// </para>
/// <para>There is one for each database, so that one which is cut off stops what it holds and nothing else.</para>
/// </remarks>
internal sealed class ServerLease(
    Database database,
    Guid incarnation,
    PostgresStoreOptions options,
    ClaimedEpochs claims
) : IDisposable
{
    private const string RenewStatement = """
        INSERT INTO scoring.server (incarnation, name, until)
        VALUES ($1, $2, clock_timestamp() + make_interval(secs => $3))
        ON CONFLICT (incarnation) DO UPDATE SET until = EXCLUDED.until
        """;

    private const string LostStatement = """
        SELECT p.partition FROM unnest($1, $2) AS mine (partition, epoch)
        JOIN scoring.partition p ON p.partition = mine.partition WHERE p.epoch <> mine.epoch
        """;

    private const string ForgetServersStatement = """
        DELETE FROM scoring.server s WHERE until < clock_timestamp() - interval '1 day'
            AND NOT EXISTS (SELECT FROM scoring.partition p WHERE p.owner = s.incarnation)
        """;

    private const string LockPartitionStatement = "SELECT FROM scoring.partition WHERE partition = $1 FOR UPDATE";

    private const string LockOwnerStatement = """
        SELECT FROM scoring.server s JOIN scoring.partition p ON p.owner = s.incarnation
        WHERE p.partition = $1 FOR SHARE OF s
        """;

    private const string ClaimStatement = """
        UPDATE scoring.partition p SET epoch = epoch + 1, owner = $2, blocked_until = GREATEST(
            blocked_until, (SELECT s.until FROM scoring.server s WHERE s.incarnation = p.owner AND s.incarnation <> $2))
        WHERE partition = $1
        RETURNING epoch, extract(epoch FROM blocked_until - clock_timestamp())::float8
        """;

    private const string ReleaseStatement =
        "UPDATE scoring.partition SET owner = NULL WHERE partition = $1 AND epoch = $2";

    private const string LeaveStatement = "UPDATE scoring.partition SET owner = NULL WHERE owner = $1";

    private const string KeepOutStatement = """
        SET LOCAL idle_in_transaction_session_timeout = 0;
        LOCK TABLE scoring.server IN SHARE MODE
        """;

    private const string LiveStatement = """
        SELECT name, extract(epoch FROM until - clock_timestamp())::float8 FROM scoring.server
        WHERE until > clock_timestamp() ORDER BY name LIMIT 1
        """;

    private const string ForgetMeStatement = "DELETE FROM scoring.server WHERE incarnation = $1";

    private readonly Lock _gate = new();

    // Clocks that are being set right run up to a twentieth of a percent off; the rest is for databases whose clock is stepped by a little.
    private readonly TimeSpan _margin = options.Lease / 10;
    private NpgsqlConnection? _connection;
    private ITimer? _timer;
    private bool _isDisposed;
    private long _sent;
    private volatile bool _hasSent;

    /// <summary>Whether it has not expired by the local clock, counted from before the last renewal was sent.</summary>
    public bool IsHeld => _hasSent && options.TimeProvider.GetElapsedTime(Volatile.Read(ref _sent)) < options.Lease;

    /// <summary>What is done with every renewal, before the lease counts as longer; null for nothing.</summary>
    public Action? Renewing { get; set; }

    /// <summary>Keeps servers from claiming partitions and renewing leases until the connection ends.</summary>
    /// <exception cref="StoreException">One has a lease.</exception>
    public static void KeepServersOut(NpgsqlConnection connection, Database database)
    {
        connection.Execute("BEGIN");
        connection.Execute(KeepOutStatement);
        var live = connection.Query(LiveStatement, row => (Name: row.GetString(0), Seconds: row.GetDouble(1)));
        if (live.Count > 0)
        {
            throw new StoreException(
                database.Place,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the server {live[0].Name} has the store open. Stop all servers of it and run this again; if that one was killed, it counts as gone in {live[0].Seconds:0.0} s."
                )
            );
        }
    }

    /// <summary>Claims a partition.</summary>
    /// <exception cref="StoreFailure">It may have been claimed or not.</exception>
    public Claim Claim(int partition)
    {
        lock (_gate)
        {
            try
            {
                Start();
                var claim = Claim(Connection, partition);
                claims.Add(partition, claim.Epoch);
                return claim;
            }
            catch (Exception e) when (PostgresErrors.IsOfDatabase(e) || e is StoreException)
            {
                Disconnect();
                throw StoreFailure.InDoubt(database.Place, e);
            }
        }
    }

    /// <summary>Gives a partition up.</summary>
    /// <exception cref="StoreFailure">The next one may have to wait.</exception>
    public void Release(int partition)
    {
        lock (_gate)
        {
            // First here: from now on nothing is answered for it.
            if (!claims.Remove(partition, out var epoch))
            {
                return;
            }
            try
            {
                Connection.Execute(ReleaseStatement, Sql.SmallInt(partition), Sql.BigInt(epoch));
            }
            catch (Exception e) when (PostgresErrors.IsOfDatabase(e))
            {
                Disconnect();
                throw StoreFailure.InDoubt(database.Place, e);
            }
        }
    }

    /// <summary>Gives up what it holds, as far as the database can be reached.</summary>
    public void Dispose()
    {
        _hasSent = false;
        _timer?.Dispose();
        lock (_gate)
        {
            if (_isDisposed || _timer is null)
            {
                _isDisposed = true;
                return;
            }
            _isDisposed = true;
            try
            {
                using var leave = new NpgsqlBatch(Connection)
                {
                    BatchCommands =
                    {
                        new(LeaveStatement) { Parameters = { Sql.Uuid(incarnation) } },
                        new(ForgetMeStatement) { Parameters = { Sql.Uuid(incarnation) } },
                    },
                };
                leave.ExecuteNonQuery();
            }
            catch (Exception e) when (PostgresErrors.IsOfDatabase(e))
            {
                // Whoever follows waits for the lease to expire.
            }
            Disconnect();
        }
    }

    private NpgsqlConnection Connection
    {
        get
        {
            if (_connection is not { State: ConnectionState.Open })
            {
                Disconnect();
                // What takes longer than the lease is of no use to it.
                var connection = database.NewConnection("lease", options.Lease);
                _connection = connection;
                connection.Open();
            }
            return _connection;
        }
    }

    /// <summary>Renews it from now on; whoever claims must have one that others can see.</summary>
    private void Start()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_timer is not null && IsHeld)
        {
            return;
        }
        Renew(Connection);
        _timer ??= options.TimeProvider.CreateTimer(_ => TryRenew(), null, options.Lease / 3, options.Lease / 3);
    }

    private void TryRenew()
    {
        if (!_gate.TryEnter())
        {
            // It is being renewed, or a claim is on its way.
            return;
        }
        try
        {
            if (!_isDisposed)
            {
                Renew(Connection);
            }
        }
        catch (Exception)
        {
            // Whatever it is: the lease expires unless the next attempt comes in time, and nobody catches what a timer throws.
            Disconnect();
        }
        finally
        {
            _gate.Exit();
        }
    }

    private void Renew(NpgsqlConnection connection)
    {
        var sent = options.TimeProvider.GetTimestamp();
        var (partitions, epochs) = claims.Of(database.Index, options.Databases.Count);
        // Each statement sees what was committed before it: claims that came before the renewal are seen by the second.
        using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new(RenewStatement)
                {
                    Parameters =
                    {
                        Sql.Uuid(incarnation),
                        Sql.Text(options.Server),
                        Sql.Double(options.Lease.TotalSeconds),
                    },
                },
                new(LostStatement)
                {
                    Parameters =
                    {
                        Sql.Array(partitions, NpgsqlDbType.Smallint),
                        Sql.Array(epochs, NpgsqlDbType.Bigint),
                    },
                },
                new(ForgetServersStatement),
            },
        };
        var lost = new List<int>();
        using (var reader = batch.ExecuteReader())
        {
            while (reader.Read())
            {
                lost.Add(reader.GetInt16(0));
            }
            while (reader.NextResult()) { }
        }
        lost.ForEach(claims.Lose);
        Renewing?.Invoke();
        Volatile.Write(ref _sent, sent);
        _hasSent = true;
    }

    private Claim Claim(NpgsqlConnection connection, int partition)
    {
        using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new(LockPartitionStatement) { Parameters = { Sql.SmallInt(partition) } },
                new(LockOwnerStatement) { Parameters = { Sql.SmallInt(partition) } },
                new(ClaimStatement) { Parameters = { Sql.SmallInt(partition), Sql.Uuid(incarnation) } },
            },
        };
        using var reader = batch.ExecuteReader();
        reader.NextResult();
        reader.NextResult();
        if (!reader.Read())
        {
            throw new InvalidOperationException($"The store has no partition {partition}.");
        }
        var epoch = reader.GetInt64(0);
        var rest = reader.IsDBNull(1) ? TimeSpan.MinValue : TimeSpan.FromSeconds(reader.GetDouble(1)) + _margin;
        while (reader.NextResult()) { }
        return new(epoch, rest > TimeSpan.Zero ? rest : TimeSpan.Zero);
    }

    private void Disconnect()
    {
        _connection?.Dispose();
        _connection = null;
    }
}
