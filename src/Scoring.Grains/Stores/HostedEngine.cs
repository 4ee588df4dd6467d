using System.Collections.Concurrent;
using Scoring.Core.Models;
using Scoring.Core.Workspaces;
using Scoring.Engine.Hosting;

namespace Scoring.Grains.Stores;

/// <summary>The engine's host as a silo drives it.</summary>
public sealed class HostedEngine : ISiloEngine
{
    private readonly PartitionHost _host;
    private readonly ConcurrentDictionary<Watch, Action<int>> _watches = new();

    /// <param name="host">The host of this process; whoever made it disposes of it.</param>
    /// <param name="longestLease">Longest that a server answers for its partitions without having renewed its lease; 0 where there is but one server.</param>
    public HostedEngine(PartitionHost host, TimeSpan longestLease)
    {
        (_host, LongestLease) = (host, longestLease);
        host.Lost = Tell;
    }

    /// <inheritdoc/>
    public int Partitions => _host.Partitions;

    /// <inheritdoc/>
    public IPartitionHost Host => _host;

    /// <inheritdoc/>
    public TimeSpan LongestLease { get; }

    /// <inheritdoc/>
    public IDisposable WhenLost(Action<int> tell)
    {
        var watch = new Watch(this);
        _watches[watch] = tell;
        return watch;
    }

    /// <inheritdoc/>
    public bool IsOpen(int partition) => _host.IsOpen(partition);

    /// <inheritdoc/>
    public Task OpenAsync(int partition, CancellationToken cancellationToken) =>
        _host.OpenPartitionAsync(partition, cancellationToken);

    /// <inheritdoc/>
    public Task CloseAsync(int partition, CancellationToken cancellationToken) =>
        _host.ClosePartitionAsync(partition, cancellationToken);

    /// <inheritdoc/>
    public WorkspaceSettings Workspace(string name) => _host.Workspace(name);

    /// <inheritdoc/>
    public ScoringModel Model(string workspace, string name) => _host.Model(workspace, name);

    /// <inheritdoc/>
    public IReadOnlyList<ScoringModel> Models(string workspace) => _host.ListModels(workspace);

    /// <inheritdoc/>
    public Task RefreshAsync() => _host.RefreshAsync();

    /// <inheritdoc/>
    public EngineRoutes Connect(IPartitionMap map, Func<Task> announce)
    {
        var backend = new RoutedBackend(_host, map, announce);
        return new(backend, backend.LoadModelsAsync);
    }

    // The thread that met it must not be held up.
    private void Tell(int partition) =>
        ThreadPool.QueueUserWorkItem(_ =>
        {
            foreach (var tell in _watches.Values)
            {
                tell(partition);
            }
        });

    private sealed class Watch(HostedEngine engine) : IDisposable
    {
        public void Dispose() => engine._watches.TryRemove(this, out _);
    }
}
