using System.Collections.Concurrent;
using Scoring.Postgres.Tests.Support;

namespace Scoring.Grains.Tests.Specs;

/// <summary>Clusters of processes, each for one specification at a time: to start one takes longer than most specifications do.</summary>
public sealed class ProcessClusters : IAsyncDisposable
{
    private readonly ConcurrentDictionary<int, ConcurrentBag<ProcessCluster>> _idle = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("scoring-silos-").FullName;
    private int _made;

    /// <summary>A cluster that nobody else has.</summary>
    /// <param name="server">Where its store is.</param>
    /// <param name="databases">How many databases that is divided among.</param>
    internal ProcessCluster Take(PostgresServer server, int databases) =>
        Idle(databases).TryTake(out var cluster)
            ? cluster
            : new ProcessCluster(
                [.. Enumerable.Range(0, databases).Select(_ => server.NewDatabase())],
                Directory.CreateDirectory(Path.Combine(_folder, $"{Interlocked.Increment(ref _made)}")).FullName
            );

    /// <summary>Gives a cluster to the next specification; one that lacks a process is of no use to it.</summary>
    internal void GiveBack(ProcessCluster cluster)
    {
        if (cluster.IsWhole)
        {
            Idle(cluster.Databases.Count).Add(cluster);
        }
        else
        {
            cluster.Dispose();
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        foreach (var cluster in _idle.Values.SelectMany(idle => idle))
        {
            cluster.Dispose();
        }
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private ConcurrentBag<ProcessCluster> Idle(int databases) => _idle.GetOrAdd(databases, _ => []);
}
