using Scoring.Cluster.Storage;
using Scoring.Cluster.Workspaces;
using Scoring.Core.Backend;
using Scoring.Core.Models;
using Scoring.Core.Time;
using Scoring.Postgres;

namespace Scoring.Cluster.Models;

/// <inheritdoc cref="IModelsGrain"/>
[GrainType("scoring.models")]
internal sealed class ModelsGrain(
    [PersistentState(DocumentKinds.Models, PostgresGrainStorage.Name)] IPersistentState<Document> state,
    WorkspaceDirectory workspaces,
    ClusterOptions options
) : Grain, IModelsGrain
{
    private StoredModels _stored = StoredModels.None;

    private ModelSet Current => new(PostgresGrainStorage.Version(state.Etag), ModelJson.Write(_stored.Models));

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _stored = StoredModels.Read(state.State.Content);
        return Task.CompletedTask;
    }

    public Task<ModelSet> GetAsync(long knownChange)
    {
        var change = PostgresGrainStorage.Version(state.Etag);
        return Task.FromResult(change == knownChange ? new ModelSet(change, null) : Current);
    }

    public Task<PutModelAnswer> PutAsync(byte[] model) => StoreAsync(model, source: null);

    public async Task<PutModelAnswer?> LoadAsync(byte[] model, string contentHash)
    {
        var name = ModelJson.Read(model)[0].Name;
        return _stored.Sources.GetValueOrDefault(name) == contentHash ? null : await StoreAsync(model, contentHash);
    }

    private async Task<PutModelAnswer> StoreAsync(byte[] model, string? source)
    {
        var put = ModelJson.Read(model)[0];
        var version = _stored.Models.FirstOrDefault(m => m.Name == put.Name)?.Version ?? 0;
        var settings = workspaces.Get(this.GetPrimaryKeyString());
        if (Refusals.OfModel(put, settings, version, _stored.Models.Count) is { } refusal)
        {
            return new(0, null, refusal.Error, refusal.Message, refusal.Field ?? "");
        }
        var now = Instant.From(options.TimeProvider.GetUtcNow());
        var changed = _stored.With(put with { Version = version + 1, UpdateTime = now }, source);
        state.State.Content = changed.Write();
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
        _stored = changed;
        return new(version + 1, Current);
    }
}
