using System.Collections.Concurrent;
using Npgsql;
using Scoring.Engine;
using Scoring.Engine.Storage;

namespace Scoring.Postgres;

/// <summary>One database of a store: how it is connected to, and a few connections for reading.</summary>
internal sealed class Database : IDisposable
{
    private const int Readers = 8;
    private const int BufferBytes = 128 << 10;
    private readonly PostgresStoreOptions _options;
    private readonly NpgsqlConnectionStringBuilder _settings;
    private readonly NpgsqlDataSource _reads;
    private readonly ConcurrentDictionary<string, NpgsqlDataSource> _others = new(StringComparer.Ordinal);

    public Database(PostgresStoreOptions options, int index)
    {
        (_options, Index) = (options, index);
        _settings = new(options.Databases[index])
        {
            Enlist = false,
            Multiplexing = false,
            TcpKeepAlive = true,
            CommandTimeout = Seconds(options.CommandTimeout),
            Timeout = Seconds(options.CommandTimeout),
            // Statements are few, and the same all the time.
            MaxAutoPrepare = 64,
            AutoPrepareMinUsages = 2,
            ReadBufferSize = BufferBytes,
            WriteBufferSize = BufferBytes,
        };
        // Each statement must see what was committed before it, also within a transaction.
        _settings.Options = $"{_settings.Options} -c default_transaction_isolation=read\\ committed".TrimStart();
        Place = $"PostgreSQL {_settings.Host}, database {_settings.Database ?? _settings.Username}";
        _reads = Source(
            new(Settings("reads"))
            {
                Pooling = true,
                MinPoolSize = 0,
                MaxPoolSize = Readers,
            }
        );
    }

    /// <summary>Its number among the databases of the store.</summary>
    public int Index { get; }

    /// <summary>What to name of it in messages.</summary>
    public string Place { get; }

    /// <summary>Makes a connection that belongs to one user.</summary>
    /// <param name="user">What it is for, which the database shows.</param>
    /// <param name="timeout">How long answers are waited for; as the options say when there is none.</param>
    /// <param name="waitsForDisk">Whether commits are safe when they are answered, unless a statement says otherwise.</param>
    public NpgsqlConnection NewConnection(string user, TimeSpan? timeout = null, bool waitsForDisk = true)
    {
        var settings = new NpgsqlConnectionStringBuilder(Settings(user)) { Pooling = false };
        if (timeout is { } shorter)
        {
            settings.CommandTimeout = settings.Timeout = Seconds(shorter);
        }
        // Said either way: the database may have been set up otherwise.
        settings.Options += $" -c synchronous_commit={(waitsForDisk ? "on" : "off")}";
        return _others.GetOrAdd(settings.ConnectionString, _ => Source(settings)).CreateConnection();
    }

    /// <summary>Reads over one of the connections for that.</summary>
    /// <exception cref="StoreException">It cannot be read.</exception>
    public T Read<T>(string place, Func<NpgsqlConnection, T> read)
    {
        try
        {
            T found = default!;
            OverAny(connection => found = read(connection));
            return found;
        }
        catch (Exception e) when (PostgresErrors.IsOfDatabase(e))
        {
            throw PostgresErrors.Unreadable(place, e);
        }
    }

    /// <summary>Does something that may be done again, over one of the connections for reading.</summary>
    /// <exception cref="StoreFailure">It may have been done or not.</exception>
    public void Try(Action<NpgsqlConnection> action)
    {
        try
        {
            OverAny(action);
        }
        catch (Exception e) when (PostgresErrors.IsOfDatabase(e))
        {
            throw PostgresErrors.Failure(Place, e);
        }
    }

    /// <summary>A connection that waited to be used may be none any more, which shows when it is: then another one is made.</summary>
    private void OverAny(Action<NpgsqlConnection> action)
    {
        try
        {
            using var connection = _reads.OpenConnection();
            action(connection);
            return;
        }
        catch (Exception e) when (PostgresErrors.IsOfConnection(e))
        {
            _reads.Clear();
        }
        using var another = _reads.OpenConnection();
        action(another);
    }

    /// <summary>Closes the connections for reading; others are closed by whom they belong to.</summary>
    public void Dispose()
    {
        _reads.Dispose();
        foreach (var source in _others.Values)
        {
            source.Dispose();
        }
    }

    private static NpgsqlDataSource Source(NpgsqlConnectionStringBuilder settings)
    {
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        // Only types that come with PostgreSQL are used: nothing is asked about others when it is connected to.
        builder.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
        return builder.Build();
    }

    private string Settings(string user) =>
        new NpgsqlConnectionStringBuilder(_settings.ConnectionString)
        {
            ApplicationName = $"scoring {_options.Server} {user}",
        }.ConnectionString;

    private static int Seconds(TimeSpan time) => Math.Max(1, (int)Math.Ceiling(time.TotalSeconds));
}
