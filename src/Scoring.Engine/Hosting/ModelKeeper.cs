using Scoring.Core;
using Scoring.Core.Backend;
using Scoring.Core.Models;
using Scoring.Core.Names;
using Scoring.Engine.Journal;
using Scoring.Engine.Workspaces;

namespace Scoring.Engine.Hosting;

/// <summary>
/// Puts and deletes models and removes names for a whole store, and sees to it that what models and settings use has room always. Reservations and removals go
/// through the logs, so that a replay knows at every entry what had room; one thing is done at a time, so that nothing is removed that a model is
/// about to use. There is one of a workspace at work, wherever its store is shared.
/// </summary>
/// <param name="host">The host of this process, which puts models into the store.</param>
/// <param name="questions">Reaches the names of all partitions.</param>
/// <param name="writes">Writes to all partitions.</param>
/// <param name="announce">Has all other servers read the models again; a put is acknowledged when that is done.</param>
internal sealed class ModelKeeper(
    PartitionHost host,
    RoutedQuestions questions,
    RoutedWrites writes,
    Func<Task> announce
)
{
    private static readonly ModelChange OfFile = new("server", "Loaded from its file.");
    private Task _last = Task.CompletedTask;

    /// <summary>Stores a model as the next version of its name and returns it with that version, once every server answers by it.</summary>
    /// <param name="workspaceName">The workspace.</param>
    /// <param name="model">The model; its version must be 0 or the current one.</param>
    /// <param name="sourceHash">Content hash of the file that it comes from; null when it does not come from one.</param>
    /// <exception cref="ScoringException">It is invalid, conflicts, or exceeds a limit; or it cannot be stored at the moment.</exception>
    public Task<ScoringModel> PutAsync(string workspaceName, ScoringModel model, string? sourceHash = null)
    {
        var workspace = host.Workspaces.Get(workspaceName);
        Refusals.ThrowIfInvalid(model, workspace.Settings);
        host.ThrowIfRefusing();
        return OneAtATimeAsync(async () =>
        {
            var before = UsedBy(workspace).Reserved;
            var others = host.Models.List(workspace.Number).Where(m => m.Name != model.Name);
            var after = new UsedNames(workspace.Settings, [.. others, model]).Reserved;
            RefuseTooMany(workspace, model, before, after);
            await ReserveAsync(workspace, before.Union(after).ToHashSet());
            try
            {
                var stored = await host.PutModelAsync(workspace, model, sourceHash);
                await announce();
                return stored;
            }
            finally
            {
                await TryReserveAsync(workspace);
            }
        });
    }

    /// <summary>Deletes a model, and returns the version that was deleted once every server knows.</summary>
    /// <param name="workspaceName">The workspace.</param>
    /// <param name="name">The model; not the default one.</param>
    /// <param name="version">Its current version; 0 for whatever that is.</param>
    /// <exception cref="ScoringException">There is none, it is needed or conflicts; or it cannot be done at the moment.</exception>
    public Task<int> DeleteAsync(string workspaceName, string name, int version)
    {
        var workspace = host.Workspaces.Get(workspaceName);
        Refusals.ThrowIfDefault(name, workspace.Settings);
        host.ThrowIfRefusing();
        return OneAtATimeAsync(async () =>
        {
            var deleted = await host.DeleteModelAsync(workspace, name, version);
            await announce();
            await TryReserveAsync(workspace);
            return deleted;
        });
    }

    /// <summary>Removes names that nothing uses.</summary>
    /// <exception cref="ScoringException">They cannot be removed at the moment.</exception>
    public Task<PrunedNames> PruneAsync(string workspaceName, NamePruning pruning)
    {
        var workspace = host.Workspaces.Get(workspaceName);
        return OneAtATimeAsync(async () =>
        {
            var names = await questions.ListNamesAsync(workspaceName, CancellationToken.None);
            var result = pruning.Select(names.Names, host.Clock.Now);
            if (!pruning.DryRun && result.Pruned.Count > 0)
            {
                await writes.WriteNamesAsync(
                    workspace,
                    CommandKind.PruneNames,
                    [.. result.Pruned.Select(use => use.Name)]
                );
            }
            return result;
        });
    }

    /// <summary>
    /// Puts models from files that differ from what was loaded before, and gives what models and settings use its room. A model that was deleted does not come
    /// back by a file that is the same.
    /// </summary>
    /// <exception cref="ScoringException">A model is invalid.</exception>
    /// <exception cref="StoreException">A model that was stored before does not go with the settings any more.</exception>
    public async Task LoadAsync(IReadOnlyList<ModelSource> sources)
    {
        foreach (var source in sources)
        {
            var workspace = host.Workspaces.Get(source.Workspace);
            if (host.Models.SourceHashOf(workspace.Number, source.Model.Name) != source.ContentHash)
            {
                var model = source.Model with { Version = 0, Change = OfFile };
                var stored = await PutAsync(source.Workspace, model, source.ContentHash);
                host.Log.ModelLoaded(workspace.Settings.Name, stored.Name, stored.Version);
            }
            else if (host.Models.Find(workspace.Number, source.Model.Name) is null)
            {
                host.Log.ModelStaysDeleted(workspace.Settings.Name, source.Model.Name);
            }
        }
        foreach (var workspace in host.Workspaces.All)
        {
            RefuseUnfitModels(workspace);
            if (!await OneAtATimeAsync(() => TryReserveAsync(workspace)))
            {
                host.Log.NamesNotReserved(workspace.Settings.Name);
            }
        }
    }

    /// <summary>Half-lives may change while there is no data; models that were stored before must still have theirs.</summary>
    private void RefuseUnfitModels(EngineWorkspace workspace)
    {
        foreach (var model in host.Models.List(workspace.Number))
        {
            if (ModelRules.CheckStored(model, workspace.Settings) is [var fault, ..])
            {
                throw new StoreException(
                    host.Place,
                    $"the model '{model.Name}' of the workspace '{workspace.Settings.Name}' does not go with the setting "
                        + $"HalfLivesDays: {fault.Field} {fault.Message}. Set HalfLivesDays back, or load the model from a "
                        + "changed file."
                );
            }
        }
    }

    private async Task<T> OneAtATimeAsync<T>(Func<Task<T>> action)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await Interlocked.Exchange(ref _last, ended.Task);
        try
        {
            return await action();
        }
        finally
        {
            ended.SetResult();
        }
    }

    private static void RefuseTooMany(
        EngineWorkspace workspace,
        ScoringModel model,
        IReadOnlySet<KnownName> before,
        IReadOnlySet<KnownName> after
    )
    {
        Refuse(NameKind.EventType, "event types", Limits.EventTypes);
        Refuse(NameKind.Feature, "features", Limits.Features);

        void Refuse(NameKind kind, string inWords, int limit)
        {
            var used = after.Count(name => name.Kind == kind);
            if (used > limit && after.Except(before).Any(name => name.Kind == kind))
            {
                throw new ScoringException(
                    ScoringError.LimitExceeded,
                    $"The models and settings of the workspace {workspace.Settings.Name} would use {used:N0} {inWords} together; "
                        + $"{limit:N0} are the limit."
                )
                {
                    Field = "model.terms",
                    Subject = model.Name,
                };
            }
        }
    }

    private UsedNames UsedBy(EngineWorkspace workspace) => new(workspace.Settings, host.Models.List(workspace.Number));

    private async Task<bool> TryReserveAsync(EngineWorkspace workspace)
    {
        try
        {
            await ReserveAsync(workspace, UsedBy(workspace).Reserved);
            return true;
        }
        catch (ScoringException)
        {
            return false;
        }
    }

    private async Task ReserveAsync(EngineWorkspace workspace, IReadOnlySet<KnownName> names)
    {
        var hosts = await questions.NamesAsync(workspace.Settings.Name, CancellationToken.None);
        if (!hosts.SelectMany(answer => answer.Reserved).OfType<IReadOnlyList<KnownName>>().All(names.SetEquals))
        {
            await writes.WriteNamesAsync(workspace, CommandKind.ReserveNames, [.. names]);
        }
    }
}
