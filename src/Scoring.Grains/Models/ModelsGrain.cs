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
    public async Task<ScoringModel> PutAsync(string workspace, ScoringModel model) =>
        await routes.PutModelAsync(workspace, model, CancellationToken.None);

    public async Task<int> DeleteAsync(string workspace, string name, int version) =>
        await routes.DeleteModelAsync(workspace, name, version, CancellationToken.None);

    public Task LoadAsync(ModelSource[] sources) => routes.StartAsync(sources);

    public async Task<PrunedNames> PruneAsync(string workspace, NamePruning pruning) =>
        await routes.PruneNamesAsync(workspace, pruning, CancellationToken.None);
}
