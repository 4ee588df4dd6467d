using Scoring.Core;
using Scoring.Core.Models;
using Scoring.Core.Workspaces;

namespace Scoring.Cluster.Models;

/// <summary>Loads models from files. Every silo does so when it starts; what is loaded already stays as it is.</summary>
public sealed class ModelLoader(IGrainFactory grains)
{
    /// <summary>Stores a model as the next version of its name, unless this content was loaded before: a file never replaces what was put since.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="model">The model; its version is not looked at.</param>
    /// <param name="contentHash">Stands for the file's content.</param>
    /// <returns>Its version; 0 when it is as it was.</returns>
    /// <exception cref="ScoringException">The model is invalid, or there are as many as may be.</exception>
    public async Task<int> LoadAsync(WorkspaceSettings workspace, ScoringModel model, string contentHash)
    {
        Refusals.ThrowIfInvalid(model, workspace);
        var answer = await grains
            .GetGrain<IModelsGrain>(workspace.Name)
            .LoadAsync(ModelJson.Write([model with { Version = 0 }]), contentHash);
        return answer?.Get(model.Name).Version ?? 0;
    }
}
