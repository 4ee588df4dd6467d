using Scoring.Core;
using Scoring.Core.Models;
using Scoring.Core.Names;
using Scoring.Engine.Journal;
using Scoring.Engine.Models;
using Scoring.Engine.Partitions;
using Scoring.Engine.Time;
using Scoring.Engine.Workspaces;

namespace Scoring.Engine.Names;

/// <summary>
/// Sees to it that what models and settings use has room always, and removes names. Both go through the journal, so that a replay knows at
/// every entry what had room; one at a time, so that nothing is removed that a model is about to use.
/// </summary>
/// <param name="partitions">The partitions.</param>
/// <param name="models">The models.</param>
/// <param name="reader">Tells what names there are.</param>
/// <param name="clock">The present.</param>
/// <param name="write">Journals a command for every partition, and returns once it is applied.</param>
internal sealed class NameKeeper(
    Partition[] partitions,
    ModelCatalog models,
    NameReader reader,
    ReceiptClock clock,
    Func<EngineWorkspace, CommandKind, IReadOnlyCollection<KnownName>, Task> write
) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <summary>Gives what a model uses its room, then puts the model, then takes room back that nothing uses any more.</summary>
    /// <exception cref="ScoringException"><see cref="ScoringError.LimitExceeded"/>: the models use too many names together.</exception>
    public async Task<ScoringModel> PutAsync(
        EngineWorkspace workspace,
        ScoringModel model,
        Func<Task<ScoringModel>> put
    )
    {
        await _gate.WaitAsync();
        try
        {
            var before = reader.UsedBy(workspace).All;
            var others = models.List(workspace.Number).Where(m => m.Name != model.Name);
            var after = new UsedNames(workspace.Settings, [.. others, model]).All;
            RefuseTooMany(workspace, model, before, after);
            await ReserveAsync(workspace, before.Union(after).ToHashSet());
            try
            {
                return await put();
            }
            finally
            {
                await TryReserveAsync(workspace);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Gives what models and settings use its room; false when the journal could not be written.</summary>
    public async Task<bool> TryReserveAllAsync(EngineWorkspace workspace)
    {
        await _gate.WaitAsync();
        try
        {
            return await TryReserveAsync(workspace);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Removes names.</summary>
    public async Task<PrunedNames> PruneAsync(EngineWorkspace workspace, NamePruning pruning)
    {
        await _gate.WaitAsync();
        try
        {
            var result = pruning.Select(reader.List(workspace).Names, clock.Now);
            if (!pruning.DryRun && result.Pruned.Count > 0)
            {
                await write(workspace, CommandKind.PruneNames, [.. result.Pruned.Select(use => use.Name)]);
            }
            return result;
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    private static void RefuseTooMany(
        EngineWorkspace workspace,
        ScoringModel model,
        IReadOnlySet<KnownName> before,
        IReadOnlySet<KnownName> after
    )
    {
        var types = after.Count(name => name.Kind == NameKind.EventType);
        if (types > Limits.EventTypes && after.Except(before).Any())
        {
            throw new ScoringException(
                ScoringError.LimitExceeded,
                $"The models and settings of the workspace {workspace.Settings.Name} would use {types:N0} event types together; "
                    + $"{Limits.EventTypes:N0} are the limit."
            )
            {
                Field = "model.terms",
                Subject = model.Name,
            };
        }
    }

    private async Task<bool> TryReserveAsync(EngineWorkspace workspace)
    {
        try
        {
            await ReserveAsync(workspace, reader.UsedBy(workspace).All);
            return true;
        }
        catch (ScoringException)
        {
            return false;
        }
    }

    private async Task ReserveAsync(EngineWorkspace workspace, IReadOnlySet<KnownName> names)
    {
        if (!partitions.All(partition => HasReserved(partition, workspace.Number, names)))
        {
            await write(workspace, CommandKind.ReserveNames, [.. names]);
        }
    }

    private static bool HasReserved(Partition partition, int workspace, IReadOnlySet<KnownName> names)
    {
        partition.Access.EnterToRead();
        try
        {
            return names.SetEquals(partition.Shares[workspace].Population.ReservedNames);
        }
        finally
        {
            partition.Access.ExitFromReading();
        }
    }
}
