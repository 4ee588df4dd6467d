using Scoring.Core;
using Scoring.Core.Models;
using Scoring.Core.Names;
using Scoring.Core.Workspaces;

namespace Scoring.Grains.Stores;

/// <summary>The workspaces and their models as this process knows them, and the way to change models for all processes.</summary>
public interface IModelStore
{
    /// <summary>
    /// Longest that a process goes on answering by the models it knows once it does not reach the store: as long as it may hold its lease. Who renews
    /// the lease takes over newer models with it.
    /// </summary>
    TimeSpan LongestLease { get; }

    /// <summary>The workspace of a name; an empty name stands for the default one.</summary>
    /// <exception cref="ScoringException"><see cref="ScoringError.WorkspaceNotFound"/>.</exception>
    WorkspaceSettings Workspace(string name);

    /// <summary>The model of a name; the workspace's default for an empty one.</summary>
    /// <exception cref="ScoringException"><see cref="ScoringError.WorkspaceNotFound"/> or <see cref="ScoringError.ModelNotFound"/>.</exception>
    ScoringModel Model(string workspace, string name);

    /// <summary>The models of a workspace, by name (ordinal).</summary>
    /// <exception cref="ScoringException"><see cref="ScoringError.WorkspaceNotFound"/>.</exception>
    IReadOnlyList<ScoringModel> Models(string workspace);

    /// <summary>Takes over what the store has; this process answers by it once that is done.</summary>
    Task RefreshAsync(CancellationToken cancellationToken);

    /// <summary>Stores a model as the next version of its name, announces it, and returns it with its version. By one process at a time.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="model">The model.</param>
    /// <param name="announce">Returns once every process answers by what is stored.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    Task<ScoringModel> PutAsync(
        string workspace,
        ScoringModel model,
        Func<CancellationToken, Task> announce,
        CancellationToken cancellationToken
    );

    /// <summary>Removes names that nothing uses. By one process at a time.</summary>
    Task<PrunedNames> PruneAsync(string workspace, NamePruning pruning, CancellationToken cancellationToken);
}
