using Npgsql;
using Scoring.Core;
using Scoring.Engine;
using Scoring.Engine.Journal;
using Scoring.Engine.Recovery;
using Scoring.Engine.Storage;

namespace Scoring.Postgres;

/// <summary>A store in one or several databases of PostgreSQL, which several servers share: each partition is one server's at a time.</summary>
public sealed class PostgresStore : IMovableStore
{
    private readonly PostgresStoreOptions _options;
    private readonly Database[] _databases;
    private readonly PostgresOwnership _ownership;
    private readonly List<IDisposable> _opened = [];

    /// <summary>Says where the store lies; nothing is connected yet.</summary>
    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    public PostgresStore(PostgresStoreOptions options)
    {
        options.Validate();
        _options = options;
        _databases = [.. options.Databases.Select((_, index) => new Database(options, index))];
        _ownership = new(_databases, options);
    }

    /// <summary>How to connect to where Orleans finds out which servers there are: tables of the first database.</summary>
    /// <remarks>It asks for little and one thing after the other, so two connections do.</remarks>
    /// <param name="database">How to connect to the first database.</param>
    public static string MembershipOf(string database) =>
        new NpgsqlConnectionStringBuilder(database)
        {
            SearchPath = "scoring",
            ApplicationName = "scoring membership",
            Pooling = true,
            MinPoolSize = 0,
            MaxPoolSize = 2,
        }.ConnectionString;

    /// <inheritdoc/>
    public string Place => string.Join("; ", _databases.Select(database => database.Place));

    /// <inheritdoc/>
    public IPartitionOwnership Ownership => _ownership;

    /// <inheritdoc/>
    public long? FreeBytes => null;

    /// <inheritdoc/>
    public bool Exists()
    {
        var found = Array.ConvertAll(_databases, StoreSchema.Find);
        if (found[0] is null && Array.Exists(found, store => store is not null))
        {
            // Another server may be about to have made it: the first database comes last.
            StoreSchema.WaitForMaker(_databases[0]);
            found = Array.ConvertAll(_databases, StoreSchema.Find);
        }
        if (found[0] is null)
        {
            // A move that got no further has written nothing.
            var left = Array.FindIndex(found, store => store is { IsHalfMoved: false });
            return left < 0
                ? false
                : throw new StoreException(
                    _databases[left].Place,
                    $"holds a part of a store while {_databases[0].Place} holds none. Name the databases in the order that the store was made "
                        + "with; or, if making it was cut short, drop the schema scoring here."
                );
        }
        RequireAll(found);
        return Array.Find(_databases, database => found[database.Index]!.IsHalfMoved) is { } half
            ? throw StoreException.HalfMoved(half.Place)
            : true;
    }

    /// <inheritdoc/>
    public bool IsHalfMoved()
    {
        var found = Array.ConvertAll(_databases, StoreSchema.Find);
        if (found[0] is not { IsHalfMoved: true })
        {
            return false;
        }
        RequireAll(found);
        return true;
    }

    /// <inheritdoc/>
    /// <remarks>No server renews a lease or claims a partition while a transaction of this process locks the table of servers.</remarks>
    public void KeepServersOut()
    {
        foreach (var database in _databases)
        {
            var connection = database.NewConnection("move");
            _opened.Add(connection);
            try
            {
                connection.Open();
                ServerLease.KeepServersOut(connection, database);
            }
            catch (Exception e) when (PostgresErrors.IsOfDatabase(e))
            {
                throw PostgresErrors.Unreadable(database.Place, e);
            }
        }
    }

    /// <inheritdoc/>
    public void ThrowIfServersMayBeIn()
    {
        foreach (var connection in _opened.OfType<NpgsqlConnection>())
        {
            try
            {
                connection.Execute("SELECT 1");
            }
            catch (Exception e) when (PostgresErrors.IsOfDatabase(e) || e is InvalidOperationException)
            {
                throw new StoreException(
                    Place,
                    "the connection that kept servers out was lost, so one may have written since. Run the same command again.",
                    e
                );
            }
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// All of it is one transaction in each database, and that of the first is committed last. A server that makes it at the same time waits, and then finds
    /// it made.
    /// </remarks>
    public void Make(long identity, Action<IStoreTarget> fill, bool isMove = false)
    {
        var connections = new List<NpgsqlConnection>();
        try
        {
            var transactions = new List<NpgsqlTransaction>();
            foreach (var database in _databases)
            {
                var connection = database.NewConnection("setup");
                connections.Add(connection);
                connection.Open();
                transactions.Add(connection.BeginTransaction());
                StoreSchema.LockMaking(connection);
                var found = StoreSchema.Find(connection, database);
                if (database.Index == 0 && found is { IsHalfMoved: false } && !isMove)
                {
                    return;
                }
                MakeIn(connection, found, new(identity, database.Index, _databases.Length, isMove));
            }
            fill(new MakingStore(connections, identity));
            for (var i = transactions.Count - 1; i >= 0; i--)
            {
                transactions[i].Commit();
            }
        }
        catch (Exception e) when (PostgresErrors.IsOfDatabase(e))
        {
            throw PostgresErrors.Failure(Place, e);
        }
        finally
        {
            connections.ForEach(connection => connection.Dispose());
        }
    }

    /// <inheritdoc/>
    /// <remarks>The first database comes last: as long as it is half moved, the store is.</remarks>
    public void EndMove()
    {
        for (var i = _databases.Length - 1; i >= 0; i--)
        {
            try
            {
                using var connection = _databases[i].NewConnection("setup");
                connection.Open();
                StoreSchema.EndMove(connection);
            }
            catch (Exception e) when (PostgresErrors.IsOfDatabase(e))
            {
                throw PostgresErrors.Failure(_databases[i].Place, e);
            }
        }
    }

    /// <summary>Makes the tables of a database, where a move that has not ended may have left some.</summary>
    private void MakeIn(NpgsqlConnection connection, StoreRow? found, StoreRow store)
    {
        if (found is { IsHalfMoved: true })
        {
            if (store is { Database: 0, IsHalfMoved: false })
            {
                throw StoreException.HalfMoved(_databases[0].Place);
            }
            StoreSchema.Drop(connection);
        }
        StoreSchema.Make(connection, store);
    }

    private void RequireAll(StoreRow?[] found)
    {
        var first = found[0]!;
        for (var i = 0; i < found.Length; i++)
        {
            var expected = first with { Database = i, Databases = found.Length };
            if (found[i] is not { } row || row with { IsHalfMoved = first.IsHalfMoved } != expected)
            {
                throw new StoreException(
                    _databases[i].Place,
                    found[i] is { } other
                        ? $"is database {other.Database + 1} of {other.Databases} of the store {other.Identity:x}, and is named as {i + 1} of "
                            + $"{found.Length} of {first.Identity:x}. Name the databases of the store in the order that it was made with."
                        : $"holds no part of the store of {_databases[0].Place}. Name the databases that the store was made with."
                );
            }
        }
    }

    /// <inheritdoc/>
    public ICheckpointStore OpenCheckpoints()
    {
        var store =
            StoreSchema.Find(_databases[0]) ?? throw PostgresErrors.Damaged(_databases[0].Place, "there is no store");
        return Opened(new PostgresCheckpointStore(_databases, _ownership.Claims, store.Identity, _options.CommitProbe));
    }

    /// <inheritdoc/>
    /// <remarks>What must be there is looked for when it is read: until then, other servers may give up what it does not need any more.</remarks>
    public IPartitionLog OpenLog(long identity, Durability durability, IReadOnlyList<LogSpan> spans)
    {
        foreach (var database in _databases)
        {
            if (StoreSchema.Find(database) is not { } found || found.Identity != identity)
            {
                throw PostgresErrors.Damaged(database.Place, $"it holds no log of the store {identity:x}");
            }
        }
        return Opened(new PostgresLog(_databases, _ownership.Claims, identity, durability, spans, _options));
    }

    /// <summary>Gives up its partitions and closes every connection.</summary>
    public void Dispose()
    {
        _opened.ForEach(port => port.Dispose());
        _opened.Clear();
        _ownership.Dispose();
        Array.ForEach(_databases, database => database.Dispose());
    }

    private T Opened<T>(T port)
        where T : IDisposable
    {
        _opened.Add(port);
        return port;
    }
}
