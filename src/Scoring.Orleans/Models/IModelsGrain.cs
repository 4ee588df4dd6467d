namespace Scoring.Cluster.Models;

/// <summary>The models of a workspace. The key is the workspace.</summary>
[Alias("scoring.models")]
internal interface IModelsGrain : IGrainWithStringKey
{
    /// <summary>The newest version of every model.</summary>
    /// <param name="knownChange">The change that the caller knows of; -1 for none.</param>
    /// <returns>The models; without content when the caller knows them.</returns>
    [Alias("get")]
    Task<ModelSet> GetAsync(long knownChange);

    /// <summary>Stores a valid model as the next version of its name.</summary>
    /// <param name="model">The model, as a list of one in <see cref="ModelJson"/>.</param>
    [Alias("put")]
    Task<PutModelAnswer> PutAsync(byte[] model);
}
