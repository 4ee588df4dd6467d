using System.Collections.Concurrent;
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

/// <summary>The models that this process knows of, and their versions. Read from any thread; what the store has is looked at by one at a time.</summary>
internal sealed class ModelCatalog(StoreContents store)
{
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<int, History> _histories = new();
    private volatile Known _known = new(store.Models);

    /// <summary>The current version of a model; null when there is none of this name.</summary>
    public StoredModel? Find(int workspace, string name) => _known.Find(workspace, name);

    /// <summary>The models of a workspace, by name (ordinal).</summary>
    public IReadOnlyList<ScoringModel> List(int workspace) =>
        [
            .. _known
                .Stored.Current.Where(m => m.Workspace == workspace)
                .Select(m => m.Model)
                .OrderBy(m => m.Name, StringComparer.Ordinal),
        ];

    /// <summary>The versions of a model that are kept, the newest first; also of one that was deleted.</summary>
    /// <exception cref="ScoringException">The store cannot be read at the moment.</exception>
    public IReadOnlyList<ScoringModel> Versions(int workspace, string name)
    {
        var former = FormerOf(workspace).Of(name);
        return Find(workspace, name)?.Model is { } current
            ? [current, .. former.Where(model => model.Version < current.Version)]
            : [.. former];
    }

    /// <summary>Content hash of the file of a model that was loaded last, also when the model was deleted since; null for none.</summary>
    public string? SourceHashOf(int workspace, string name) =>
        Find(workspace, name)?.SourceHash ?? _known.Stored.FindDeleted(workspace, name)?.SourceHash;

    /// <summary>Whether a version of a model is newer than the one that this process knows of.</summary>
    public bool IsNewer(int workspace, WorkspaceSettings settings, ModelReference model) =>
        Find(workspace, NameOf(settings, model))?.Model.Version < model.Version;

    /// <summary>The model that a query names, of the current version unless it names one.</summary>
    /// <exception cref="ScoringException">
    /// <see cref="ScoringError.ModelNotFound"/> or <see cref="ScoringError.ModelVersionNotFound"/>, listing what there is; or the version does not go with the
    /// settings any more, or the store cannot be read at the moment.
    /// </exception>
    public ScoringModel Get(int workspace, WorkspaceSettings settings, ModelReference asked)
    {
        var name = NameOf(settings, asked);
        var current = Find(workspace, name)?.Model;
        if (asked.Version == 0 || asked.Version == current?.Version)
        {
            return current ?? throw Refusals.ModelNotFound(settings, name, List(workspace));
        }
        if (FormerOf(workspace).Find(name, asked.Version) is not { } former)
        {
            int[] versions = [.. Versions(workspace, name).Select(model => model.Version)];
            throw versions.Length == 0
                ? Refusals.ModelNotFound(settings, name, List(workspace))
                : Refusals.ModelVersionNotFound(asked with { Name = name }, versions);
        }
        return Refusals.OfHalfLives(former, settings) is { } refusal ? throw refusal : former;
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
                var count = List(workspace.Number).Count;
                if (Refusals.OfModel(model, workspace.Settings, current?.Model.Version ?? 0, count) is { } refusal)
                {
                    throw refusal;
                }
                var deleted = _known.Stored.FindDeleted(workspace.Number, model.Name);
                var stored = new StoredModel(
                    workspace.Number,
                    model with
                    {
                        Version = 1 + (current?.Model.Version ?? deleted?.Version ?? 0),
                        UpdateTime = Instant.From(now),
                    },
                    sourceHash ?? current?.SourceHash ?? deleted?.SourceHash ?? ""
                );
                if (TryReplace(current, _known.Stored.With(stored)))
                {
                    return stored.Model;
                }
            }
        }
    }

    /// <summary>Deletes a model that nothing needs. By the thread that writes to the store.</summary>
    /// <returns>The version that was deleted.</returns>
    /// <exception cref="ScoringException">There is none, or it has another version than the caller says.</exception>
    /// <exception cref="StoreFailure">It cannot be done at the moment.</exception>
    public int Delete(EngineWorkspace workspace, string name, int version)
    {
        lock (_gate)
        {
            while (true)
            {
                var current =
                    Find(workspace.Number, name)
                    ?? throw Refusals.ModelNotFound(workspace.Settings, name, List(workspace.Number));
                if (version != 0 && version != current.Model.Version)
                {
                    throw Refusals.ModelConflict(name, current.Model.Version, version);
                }
                if (TryReplace(current, _known.Stored.Without(current)))
                {
                    return current.Model.Version;
                }
            }
        }
    }

    private static string NameOf(WorkspaceSettings settings, ModelReference model) =>
        model.Name.Length == 0 ? settings.DefaultModel : model.Name;

    /// <summary>Replaces what the store has, once the version that goes is among the former ones; false when another process was first.</summary>
    private bool TryReplace(StoredModel? going, StoredModels models)
    {
        while (going is not null)
        {
            var former = ReadFormer(going.Workspace, FormerModels.None, out var version);
            if (
                former.Contains(going.Model)
                || store.TryPutShared(
                    FormerModels.DocumentOf(going.Workspace),
                    version + 1,
                    BlobWriter.Encode(former.With(going.Model).Write)
                )
            )
            {
                break;
            }
        }
        var isPut = store.TryPutModels(models);
        TakeOver();
        return isPut;
    }

    private FormerModels FormerOf(int workspace)
    {
        // Whatever became a former version did so before what is known now was put.
        var known = _known;
        if (_histories.TryGetValue(workspace, out var history) && history.AsOf == known)
        {
            return history.Former;
        }
        lock (_gate)
        {
            try
            {
                var former = ReadFormer(workspace, history?.Former ?? FormerModels.None, out _);
                _histories[workspace] = new(known, former);
                return former;
            }
            catch (StoreException e) when (e.MayPass)
            {
                throw StoreErrors.NotReadNow(e);
            }
        }
    }

    private FormerModels ReadFormer(int workspace, FormerModels before, out long version)
    {
        var name = FormerModels.DocumentOf(workspace);
        (version, var content) = store.ReadShared(name);
        return BlobReader.Parse(name, content, (ref BlobReader reader) => FormerModels.Read(ref reader, before));
    }

    /// <summary>Models that are the same stay the same objects: populations keep columns for them.</summary>
    private void TakeOver()
    {
        var known = _known;
        var found = store.Models;
        StoredModel[] current =
        [
            .. found.Current.Select(m =>
                known.Find(m.Workspace, m.Model.Name) is { } same && same.Model.Version == m.Model.Version ? same : m
            ),
        ];
        if (
            current.Length != known.Stored.Current.Count
            || current.Any(m => known.Find(m.Workspace, m.Model.Name) != m)
            || !found.Deleted.SequenceEqual(known.Stored.Deleted)
        )
        {
            _known = new(new(current, found.Deleted));
        }
    }

    private sealed class Known(StoredModels stored)
    {
        private readonly FrozenDictionary<(int, string), StoredModel> _byName = stored.Current.ToFrozenDictionary(m =>
            (m.Workspace, m.Model.Name)
        );

        public StoredModels Stored { get; } = stored;

        public StoredModel? Find(int workspace, string name) => _byName.GetValueOrDefault((workspace, name));
    }

    /// <param name="AsOf">What was known when it was read.</param>
    /// <param name="Former">What there was.</param>
    private sealed record History(Known AsOf, FormerModels Former);
}
