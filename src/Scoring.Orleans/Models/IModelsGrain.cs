using Scoring.Core.Models;

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

    /// <summary>Stores a valid model from a file as the next version of its name, unless this content of the file was stored before.</summary>
    /// <param name="model">The model, as a list of one in <see cref="ModelJson"/>; of version 0.</param>
    /// <param name="contentHash">Stands for the file's content.</param>
    /// <returns>What became of it; null when it is as it was.</returns>
    [Alias("load")]
    Task<PutModelAnswer?> LoadAsync(byte[] model, string contentHash);
}
