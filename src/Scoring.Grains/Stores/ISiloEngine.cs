using Scoring.Core;
using Scoring.Core.Models;
using Scoring.Core.Workspaces;
using Scoring.Engine.Hosting;

namespace Scoring.Grains.Stores;

/// <summary>What a silo drives: the engine of its process, which opens and closes partitions of the store and answers for those that are open.</summary>
public interface ISiloEngine
{
    /// <summary>How many partitions the store has.</summary>
    int Partitions { get; }

    /// <summary>Answers for the partitions that are open here.</summary>
    IPartitionHost Host { get; }

    /// <summary>
    /// Longest that a process goes on answering by what it knows once it does not reach the store: as long as it may hold its lease; 0 where there is but
    /// one server.
    /// </summary>
    TimeSpan LongestLease { get; }

    /// <summary>Has somebody told the number of each partition that is lost to another process, until the answer is disposed of. By any thread.</summary>
    IDisposable WhenLost(Action<int> tell);

    /// <summary>Whether a partition is open here.</summary>
    bool IsOpen(int partition);

    /// <summary>Opens a partition, and returns once it answers. That waits for what another process may still answer.</summary>
    Task OpenAsync(int partition, CancellationToken cancellationToken);

    /// <summary>Closes a partition if it is open: everything acknowledged is in the store, and the next process has nothing to wait for.</summary>
    Task CloseAsync(int partition, CancellationToken cancellationToken);

    /// <summary>The workspace of a name; an empty name stands for the default one.</summary>
    /// <exception cref="ScoringException"><see cref="ScoringError.WorkspaceNotFound"/>.</exception>
    WorkspaceSettings Workspace(string name);

    /// <summary>The model of a name that this process answers by; the workspace's default for an empty one.</summary>
    /// <exception cref="ScoringException"><see cref="ScoringError.WorkspaceNotFound"/> or <see cref="ScoringError.ModelNotFound"/>.</exception>
    ScoringModel Model(string workspace, string name);

    /// <summary>The models of a workspace, by name (ordinal).</summary>
    /// <exception cref="ScoringException"><see cref="ScoringError.WorkspaceNotFound"/>.</exception>
    IReadOnlyList<ScoringModel> Models(string workspace);

    /// <summary>Takes over the models that the store has; this process answers by them once that is done.</summary>
    Task RefreshAsync();

    /// <summary>Makes the way to all partitions.</summary>
    /// <param name="map">Which host has each.</param>
    /// <param name="announce">Has all other servers read the models again.</param>
    EngineRoutes Connect(IPartitionMap map, Func<Task> announce);
}
