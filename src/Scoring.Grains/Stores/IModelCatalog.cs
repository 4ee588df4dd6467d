using Scoring.Core;
using Scoring.Core.Models;
using Scoring.Core.Workspaces;

namespace Scoring.Grains.Stores;

/// <summary>The workspaces and their models as this process answers by them.</summary>
public interface IModelCatalog
{
    /// <summary>
    /// Longest that a process goes on answering by the models it knows once it does not reach the store: as long as it may hold its lease.
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
}
