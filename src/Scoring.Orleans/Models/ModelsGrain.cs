using Scoring.Cluster.Storage;
using Scoring.Cluster.Workspaces;
using Scoring.Core;
using Scoring.Core.Models;
using Scoring.Core.Time;

namespace Scoring.Cluster.Models;

/// <inheritdoc cref="IModelsGrain"/>
[GrainType("scoring.models")]
internal sealed class ModelsGrain(
    [PersistentState("models", PostgresGrainStorage.Name)] IPersistentState<Document> state,
    WorkspaceDirectory workspaces,
    ClusterOptions options
) : Grain, IModelsGrain
{
    public Task<ModelSet> GetAsync(long knownChange) =>
        Task.FromResult(Current with { Content = Current.Change == knownChange ? null : state.State.Content });

    public async Task<PutModelAnswer> PutAsync(byte[] model)
    {
        var put = ModelJson.Read(model)[0];
        var models = ModelJson.Read(state.State.Content);
        var version = models.FirstOrDefault(m => m.Name == put.Name)?.Version ?? 0;
        var settings = workspaces.Get(this.GetPrimaryKeyString());
        if (Refusals.OfModel(put, settings, version, models.Count) is { } refusal)
        {
            return new(0, null, refusal.Error, refusal.Message, refusal.Field ?? "");
        }
        var stored = put with { Version = version + 1, UpdateTime = Instant.From(options.TimeProvider.GetUtcNow()) };
        IEnumerable<ScoringModel> all = [.. models.Where(m => m.Name != put.Name), stored];
        state.State.Content = ModelJson.Write([.. all.OrderBy(m => m.Name, StringComparer.Ordinal)]);
        try
        {
            await state.WriteStateAsync();
        }
        catch
        {
            // What is in the store is known to the next activation only.
            DeactivateOnIdle();
            throw;
        }
        return new(stored.Version, Current);
    }

    private ModelSet Current => new(PostgresGrainStorage.Version(state.Etag), state.State.Content);
}
