using System.Globalization;
using Scoring.Benchmarks.Comparisons.Postgres;
using Scoring.Benchmarks.Comparisons.Processes;

namespace Scoring.Benchmarks.Comparisons.Cluster;

/// <summary>Servers that share a store in PostgreSQL.</summary>
/// <param name="workplace">Owns them.</param>
/// <param name="postgres">Has their store.</param>
internal sealed class ServersOfAStore(Workplace workplace, PostgresServer postgres)
{
    private readonly List<(ScoringServer Server, string[] Settings)> _all = [];
    private readonly HashSet<ScoringServer> _away = [];
    private readonly Lock _lock = new();

    /// <summary>Those that are not being stopped or started.</summary>
    public IReadOnlyList<ScoringServer> Running
    {
        get
        {
            lock (_lock)
            {
                return [.. _all.Select(one => one.Server).Except(_away)];
            }
        }
    }

    /// <summary>Starts another one; returns when it listens.</summary>
    public async Task AddAsync()
    {
        string[] settings =
        [
            $"--Postgres={postgres.Connection}",
            "--AdvertisedAddress=127.0.0.1",
            string.Create(CultureInfo.InvariantCulture, $"--SiloPort={FreePort.Next()}"),
        ];
        var server = await ScoringServer.StartAsync(workplace, settings);
        lock (_lock)
        {
            _all.Add((server, settings));
        }
    }

    /// <summary>Kills one without warning.</summary>
    public async Task KillAsync(ScoringServer server)
    {
        SetAway(server, isAway: true);
        await server.KillAsync();
    }

    /// <summary>Starts one again that has ended.</summary>
    public async Task StartAgainAsync(ScoringServer server)
    {
        await server.StartAgainAsync(_all.First(one => one.Server == server).Settings);
        SetAway(server, isAway: false);
    }

    /// <summary>Stops one as an operator does, while it still answers, and starts it again.</summary>
    public async Task RestartAsync(ScoringServer server)
    {
        // The one that takes it off its load balancer first would say so here; clients find out by themselves instead.
        await server.StopAsync();
        SetAway(server, isAway: true);
        await StartAgainAsync(server);
    }

    private void SetAway(ScoringServer server, bool isAway)
    {
        lock (_lock)
        {
            _ = isAway ? _away.Add(server) : _away.Remove(server);
        }
    }
}
