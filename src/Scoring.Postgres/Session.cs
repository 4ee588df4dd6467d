using System.Data;
using System.Security.Cryptography;
using Npgsql;
using Scoring.Engine.Storage;

namespace Scoring.Postgres;

/// <summary>A connection over which one user writes. One thread at a time.</summary>
/// <remarks>
/// When it is opened anew, the session before it is over: the database may not have noticed that its client has gone, and may still be about to commit
/// what that sent. Each session has a lock of its own, which the database gives up when the session has ended, and not before what it committed
/// can be seen. So the next one ends whoever has that lock, and waits for it.
/// </remarks>
internal sealed class Session(Database database, string user, bool waitsForDisk = true) : IDisposable
{
    private NpgsqlConnection? _connection;
    private long _lock;

    /// <summary>How often it was opened.</summary>
    public long Openings { get; private set; }

    /// <summary>The connection, which is opened when there is none.</summary>
    /// <remarks>Throws what <see cref="PostgresErrors.IsOfDatabase"/> knows.</remarks>
    public NpgsqlConnection Connection
    {
        get
        {
            if (_connection is not { State: ConnectionState.Open })
            {
                Renew();
            }
            return _connection!;
        }
    }

    /// <summary>Does something over the connection.</summary>
    /// <exception cref="StoreFailure">It may have been done or not, unless the database had no room.</exception>
    public void Try(Action<NpgsqlConnection> action)
    {
        try
        {
            action(Connection);
        }
        catch (Exception e) when (PostgresErrors.IsOfDatabase(e))
        {
            throw PostgresErrors.Failure(database.Place, e);
        }
    }

    /// <summary>Closes the connection.</summary>
    public void Dispose()
    {
        _connection?.Dispose();
        _connection = null;
    }

    /// <summary>Sees to it that nothing more comes of what was sent, and opens the connection anew.</summary>
    public void Renew()
    {
        Dispose();
        var connection = database.NewConnection(user, waitsForDisk: waitsForDisk);
        try
        {
            connection.Open();
            if (_lock != 0)
            {
                EndSessionBefore(connection);
            }
            var next = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));
            connection.Execute("SELECT pg_advisory_lock($1)", Sql.BigInt(next));
            (_connection, _lock) = (connection, next);
            Openings++;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void EndSessionBefore(NpgsqlConnection connection)
    {
        connection.Execute(
            """
            SELECT pg_terminate_backend(pid) FROM pg_locks
            WHERE locktype = 'advisory' AND granted AND objsubid = 1
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                AND ((classid::bigint << 32) | objid::bigint) = $1
            """,
            Sql.BigInt(_lock)
        );
        connection.Execute("SELECT pg_advisory_lock($1)", Sql.BigInt(_lock));
        connection.Execute("SELECT pg_advisory_unlock($1)", Sql.BigInt(_lock));
    }
}
