using Scoring.Core.Models;
using Scoring.Core.Names;
using Scoring.Engine;
using Scoring.Engine.Hosting;

namespace Scoring.Grains.Models;

/// <inheritdoc cref="IModelsGrain"/>
/// <remarks>Calls come one after the other. That no other activation interferes, should there be two for a moment, is the store's to see to.</remarks>
[GrainType("scoring.models")]
internal sealed class ModelsGrain(RoutedBackend routes) : Grain, IModelsGrain
{
    public async Task<byte[]> PutAsync(string workspace, byte[] model)
    {
        var put = ModelJson.Read(model)[0];
        return ModelJson.Write([await routes.PutModelAsync(workspace, put, CancellationToken.None)]);
    }

    public Task LoadAsync(ModelFile[] files) =>
        routes.LoadModelsAsync([
            .. files.Select(file => new ModelSource(file.Workspace, ModelJson.Read(file.Model)[0], file.ContentHash)),
        ]);

    public async Task<PrunedNames> PruneAsync(string workspace, NamePruning pruning) =>
        await routes.PruneNamesAsync(workspace, pruning, CancellationToken.None);
}
