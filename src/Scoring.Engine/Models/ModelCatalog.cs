using System.Collections.Frozen;
using Scoring.Core;
using Scoring.Core.Backend;
using Scoring.Core.Models;
using Scoring.Core.Workspaces;

namespace Scoring.Engine.Models;

/// <summary>The newest version of every model. Read from any thread; changed by whoever has put them into the store, one at a time.</summary>
internal sealed class ModelCatalog(IEnumerable<StoredModel> models)
{
    private volatile FrozenDictionary<(int Workspace, string Name), StoredModel> _models = Freeze(models);

    /// <summary>All of them.</summary>
    public IEnumerable<StoredModel> All => _models.Values;

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

    /// <summary>Takes over what the store has. Models that are the same stay the same objects: populations keep columns for them.</summary>
    public void Refresh(IEnumerable<StoredModel> stored) =>
        _models = Freeze(
            stored.Select(m =>
                Find(m.Workspace, m.Model.Name) is { } same && same.Model.Version == m.Model.Version ? same : m
            )
        );

    private static FrozenDictionary<(int, string), StoredModel> Freeze(IEnumerable<StoredModel> models) =>
        models.ToFrozenDictionary(m => (m.Workspace, m.Model.Name));
}
