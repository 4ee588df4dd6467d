using Scoring.Core.Models;
using Scoring.Core.Names;
using Scoring.Engine;

namespace Scoring.Grains.Models;

/// <summary>Changes models and names, one change at a time in the whole cluster. There is one, with the key <see cref="Key"/>.</summary>
[Alias("scoring.models")]
internal interface IModelsGrain : IGrainWithIntegerKey
{
    /// <summary>The key of the only one.</summary>
    const long Key = 0;

    /// <summary>Stores a model as the next version of its name, and answers once every server answers by it or has lost its lease.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="model">The model.</param>
    /// <returns>The model as it is stored.</returns>
    [Alias("put")]
    [ResponseTimeout("00:02:00")]
    Task<ScoringModel> PutAsync(string workspace, [Immutable] ScoringModel model);

    /// <summary>Deletes a model, and answers once every server knows or has lost its lease.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="name">The model.</param>
    /// <param name="version">Its current version; 0 for whatever that is.</param>
    /// <returns>The version that was deleted.</returns>
    [Alias("delete")]
    [ResponseTimeout("00:02:00")]
    Task<int> DeleteAsync(string workspace, string name, int version);

    /// <summary>Stores models from files that differ from what was loaded before, and sees to it that what models and settings use has room.</summary>
    [Alias("load")]
    [ResponseTimeout("00:05:00")]
    Task LoadAsync([Immutable] ModelSource[] sources);

    /// <summary>Removes names that nothing uses.</summary>
    [Alias("prune")]
    Task<PrunedNames> PruneAsync(string workspace, [Immutable] NamePruning pruning);
}
