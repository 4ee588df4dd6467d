using System.Diagnostics;
using Npgsql;
using Scoring.Cluster.Tests.Clusters;
using Scoring.Core;

namespace Scoring.Cluster.Tests.Traps;

/// <summary>All silos restart while everybody calls.</summary>
[Collection(OnThreeSilos.Name)]
public sealed class StormSpecs(ThreeSilos cluster) : BackendSpecs(cluster)
{
    private const int Customers = 3_000;
    private const int Callers = 600;

    private static readonly string[] Ids = [.. Enumerable.Range(0, Customers).Select(i => $"c{i}")];

    private readonly ThreeSilos _cluster = cluster;

    [Fact]
    public async Task Recovery_after_all_silos_restart_under_load_does_not_storm_the_database()
    {
        await using var host = await Start();
        await host.Record([.. Ids.Select(id => new Sample(id, "0"))]);
        await host.Segment();
        using var stop = new CancellationTokenSource();

        using var statements = new Statements();
        var connections = MostConnectionsAsync(stop.Token);
        // Each asks for its customers, and writes to them, until it is answered: before, while and after the silos restart.
        Task[] callers =
        [
            .. Ids.Chunk(Customers / Callers)
                .Select(ids => Task.Run(() => CallAsync(host, ids), BackendHost.Cancellation)),
        ];
        await _cluster.CrashAndRestartAsync();
        await Task.WhenAll(callers);
        var segment = await host.Segment(query => query with { EventTotals = true });
        await stop.CancelAsync();

        Assert.Equal(2 * Customers, segment.EventTotals.Sum(total => total.Count));
        // A restart of all silos reads every customer once and writes it once: one by one that would be twice as many as customers.
        Assert.InRange(statements.Count("scoring_event_id e"), 1, Customers / 4);
        Assert.InRange(statements.Count(""), 1, Customers);
        Assert.InRange(await connections, 1, 3 * _cluster.Service<ClusterOptions>(0).MaxConnections);
    }

    private static async Task CallAsync(BackendHost host, string[] ids)
    {
        while (!await IsAnsweredAsync(host, ids)) { }
    }

    private static async Task<bool> IsAnsweredAsync(BackendHost host, string[] ids)
    {
        try
        {
            var result = await host.Record([.. ids.Select(id => new Sample(id, "1"))]);
            Assert.Equal(ids.Length, result.Accepted + result.Duplicates);
            Assert.All(await host.Scores(null, ids), Assert.NotNull);
            return true;
        }
        catch (ScoringException e) when (e.Error is ScoringError.Unavailable or ScoringError.Overloaded)
        {
            await Task.Delay(e.RetryAfter ?? TimeSpan.FromMilliseconds(100), BackendHost.Cancellation);
            return false;
        }
        // No silo is there, or the one whose front it was has ended.
        catch (Exception e)
            when (e
                    is ObjectDisposedException
                        or InvalidOperationException
                        or OperationCanceledException
                        or DivideByZeroException
            )
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), BackendHost.Cancellation);
            return false;
        }
    }

    /// <summary>The most connections to the silos' database that PostgreSQL had at a time.</summary>
    private async Task<long> MostConnectionsAsync(CancellationToken stop)
    {
        var connection = new NpgsqlConnectionStringBuilder(_cluster.Connection);
        var database = connection.Database;
        connection.Database = "postgres";
        await using var source = NpgsqlDataSource.Create(connection);
        var most = 0L;
        while (!stop.IsCancellationRequested)
        {
            await using var count = source.CreateCommand("SELECT count(*) FROM pg_stat_activity WHERE datname = $1");
            count.Parameters.Add(new() { Value = database });
            most = Math.Max(most, (long)(await count.ExecuteScalarAsync(BackendHost.Cancellation))!);
            await Task.Delay(TimeSpan.FromMilliseconds(20), BackendHost.Cancellation);
        }
        return most;
    }

    /// <summary>The statements that were sent to PostgreSQL.</summary>
    private sealed class Statements : IDisposable
    {
        private readonly List<string> _texts = [];
        private readonly ActivityListener _listener;

        public Statements()
        {
            _listener = new ActivityListener
            {
                ShouldListenTo = source => source.Name == "Npgsql",
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
                ActivityStopped = Note,
            };
            ActivitySource.AddActivityListener(_listener);
        }

        public int Count(string containing)
        {
            lock (_texts)
            {
                return _texts.Count(text =>
                    text.Contains("scoring_", StringComparison.Ordinal)
                    && text.Contains(containing, StringComparison.Ordinal)
                );
            }
        }

        public void Dispose() => _listener.Dispose();

        private void Note(Activity activity)
        {
            lock (_texts)
            {
                _texts.Add(string.Join('\n', activity.TagObjects.Select(tag => tag.Value)));
            }
        }
    }
}
