using System.Collections.Frozen;
using Scoring.Core;
using Scoring.Core.Backend;
using Scoring.Core.Models;
using Scoring.Core.Time;
using Scoring.Core.Workspaces;
using Scoring.Engine.Checkpoints;
using Scoring.Engine.Storage;
using Scoring.Engine.Workspaces;

namespace Scoring.Engine.Hosting;

/// <summary>The newest version of every model that this process knows of. Read from any thread; what the store has is looked at by one at a time.</summary>
internal sealed class ModelCatalog(StoreContents store)
{
    private readonly Lock _gate = new();
    private volatile FrozenDictionary<(int Workspace, string Name), StoredModel> _models = Freeze(store.Models);

    /// <summary>A model; null when there is none of this name.</summary>
    public StoredModel? Find(int workspace, string name) => _models.GetValueOrDefault((workspace, name));

    /// <summary>The models of a workspace, by name (ordinal).</summary>
    public IReadOnlyList<ScoringModel> List(int workspace) =>
        [
            .. _models
                .Values.Where(m => m.Workspace == workspace)
                .Select(m => m.Model)
                .OrderBy(m => m.Name, StringComparer.Ordinal),
        ];

    /// <summary>The model that a query names; the workspace's default for an empty name.</summary>
    /// <exception cref="ScoringException"><see cref="ScoringError.ModelNotFound"/>, listing the names there are.</exception>
    public ScoringModel Get(int workspace, WorkspaceSettings settings, string name)
    {
        var wanted = name.Length == 0 ? settings.DefaultModel : name;
        if (Find(workspace, wanted) is { } found)
        {
            return found.Model;
        }
        throw Refusals.ModelNotFound(settings, wanted, List(workspace));
    }

    /// <summary>Reads them again, which another process may have put.</summary>
    /// <exception cref="StoreException">They cannot be read.</exception>
    public void Refresh()
    {
        lock (_gate)
        {
            store.RefreshModels();
            TakeOver();
        }
    }

    /// <summary>Stores a valid model as the next version of its name. By the thread that writes to the store.</summary>
    /// <exception cref="ScoringException">It conflicts.</exception>
    /// <exception cref="StoreFailure">It cannot be stored at the moment.</exception>
    public ScoringModel Put(EngineWorkspace workspace, ScoringModel model, string? sourceHash, DateTimeOffset now)
    {
        lock (_gate)
        {
            while (true)
            {
                var current = Find(workspace.Number, model.Name);
                var version = current?.Model.Version ?? 0;
                var count = List(workspace.Number).Count;
                if (Refusals.OfModel(model, workspace.Settings, version, count) is { } refusal)
                {
                    throw refusal;
                }
                var stored = new StoredModel(
                    workspace.Number,
                    model with
                    {
                        Version = version + 1,
                        UpdateTime = Instant.From(now),
                    },
                    sourceHash ?? current?.SourceHash ?? ""
                );
                var isPut = store.TryPutModels([.. _models.Values.Where(m => m != current), stored]);
                TakeOver();
                if (isPut)
                {
                    return stored.Model;
                }
            }
        }
    }

    /// <summary>Models that are the same stay the same objects: populations keep columns for them.</summary>
    private void TakeOver() =>
        _models = Freeze(
            store.Models.Select(m =>
                Find(m.Workspace, m.Model.Name) is { } same && same.Model.Version == m.Model.Version ? same : m
            )
        );

    private static FrozenDictionary<(int, string), StoredModel> Freeze(IEnumerable<StoredModel> models) =>
        models.ToFrozenDictionary(m => (m.Workspace, m.Model.Name));
}
