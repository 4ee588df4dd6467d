using Scoring.Core.Models;
using Scoring.Core.Names;
using Scoring.Grains.Stores;

namespace Scoring.Grains.Models;

/// <inheritdoc cref="IModelsGrain"/>
/// <remarks>Calls come one after the other. That no other activation interferes, should there be two for a moment, is the store's to see to.</remarks>
[GrainType("scoring.models")]
internal sealed class ModelsGrain(EngineParts engine, ModelAnnouncer announcer) : Grain, IModelsGrain
{
    public async Task<byte[]> PutAsync(string workspace, byte[] model)
    {
        var put = ModelJson.Read(model)[0];
        return ModelJson.Write([
            await engine.Models.PutAsync(workspace, put, announcer.AnnounceAsync, CancellationToken.None),
        ]);
    }

    public Task<PrunedNames> PruneAsync(string workspace, NamePruning pruning) =>
        engine.Models.PruneAsync(workspace, pruning, CancellationToken.None);
}
