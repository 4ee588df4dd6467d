using Scoring.Core.Models;
using Scoring.Core.Workspaces;
using Scoring.Engine.Hosting;

namespace Scoring.Grains.Stores;

/// <summary>The workspaces and models of an engine's host.</summary>
internal sealed class HostedModels(PartitionHost host, TimeSpan longestLease) : IModelCatalog
{
    /// <inheritdoc/>
    public TimeSpan LongestLease => longestLease;

    /// <inheritdoc/>
    public WorkspaceSettings Workspace(string name) => host.Workspace(name);

    /// <inheritdoc/>
    public ScoringModel Model(string workspace, string name) => host.Model(workspace, name);

    /// <inheritdoc/>
    public IReadOnlyList<ScoringModel> Models(string workspace) => host.ListModels(workspace);

    /// <inheritdoc/>
    public Task RefreshAsync(CancellationToken cancellationToken) =>
        host.RefreshModelsAsync().WaitAsync(cancellationToken);
}
