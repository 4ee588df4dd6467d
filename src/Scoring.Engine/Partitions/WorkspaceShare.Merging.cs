using System.Text;
using Scoring.Core.History;
using Scoring.Core.Populations;
using Scoring.Core.Recording;
using Scoring.Core.Time;
using Scoring.Engine.Journal;

namespace Scoring.Engine.Partitions;

/// <content>Steps of merges of two customers. Each may come again, and does nothing then.</content>
internal sealed partial class WorkspaceShare
{
    /// <summary>Takes a step of a merge.</summary>
    /// <param name="entry">Number of the entry.</param>
    /// <param name="kind">Which.</param>
    /// <param name="step">What it is about.</param>
    /// <param name="receivedAt">When it was received.</param>
    /// <returns>Null when it was taken, now or before; otherwise for what limit it was not, or that it came too late.</returns>
    public Rejection? Merge(long entry, CommandKind kind, MergeStep step, Instant receivedAt)
    {
        var tooLate = Rejections.OfMerged(step.Index, step.SurvivorId);
        if (step.Fence < Population.MergeFence)
        {
            return tooLate;
        }
        Population.RaiseMergeFence(step.Fence);
        var row = Population.FindId(Encoding.UTF8.GetBytes(step.CustomerId));
        switch (kind)
        {
            case CommandKind.BeginMerge when Population.SurvivorOf(row) is { } survivor:
                return survivor == step.SurvivorId ? null : tooLate;
            case CommandKind.BeginMerge when row < 0:
                return tooLate;
            case CommandKind.AdoptCustomer:
                var refusal = Population.CheckAdoption(step.SurvivorId, step.Customer.Span);
                if (refusal is null)
                {
                    Adopt(step, receivedAt);
                }
                return refusal is null ? null : refusal with { Index = step.Index };
            default:
                if (Population.SurvivorOf(row) is not null)
                {
                    NoteTaken(entry, kind, step, row, receivedAt);
                }
                if (Take(kind, step, row) is { } removal)
                {
                    Population.DropUnusedNames(removal);
                }
                return null;
        }
    }

    private void Adopt(MergeStep step, Instant receivedAt)
    {
        var before = Population.Find(step.SurvivorId);
        var isAgain = before >= 0 && Population.MergedIdsOf(before).Contains(step.CustomerId);
        var row = Population.Adopt(step.SurvivorId, step.Customer.Span, receivedAt);
        DirtyCustomers.Mark(row);
        if (!isAgain)
        {
            archive?.Add(row, ChangeKind.Adoption, receivedAt, step.Customer.ToArray());
        }
    }

    /// <summary>Does with a step what was done with it when its entry was first applied, unless the row concerned contains that.</summary>
    public Rejection? MergeAgain(long entry, CommandKind kind, MergeStep step, Instant receivedAt, bool refused)
    {
        Population.RaiseMergeFence(step.Fence);
        if (refused)
        {
            return Rejections.Again(step.Index);
        }
        var isAdoption = kind == CommandKind.AdoptCustomer;
        var row = Population.FindId(Encoding.UTF8.GetBytes(isAdoption ? step.SurvivorId : step.CustomerId));
        var isContained = _loadedCustomers!.Contain(row, entry);
        if (isAdoption)
        {
            if (!isContained)
            {
                row = NoteReplayed(row, Population.Adopt(step.SurvivorId, step.Customer.Span, receivedAt));
            }
            archive?.Add(row, ChangeKind.Adoption, receivedAt, step.Customer.ToArray());
            return null;
        }
        if (isContained || Population.SurvivorOf(row) is not null)
        {
            NoteTaken(entry, kind, step, row, receivedAt);
        }
        if (!isContained && Take(kind, step, row) is not null)
        {
            _mayHaveUnusedNames = true;
        }
        return null;
    }

    /// <summary>Keeps that a step was taken that is about the customer that is merged.</summary>
    private void NoteTaken(long entry, CommandKind kind, MergeStep step, int row, Instant receivedAt)
    {
        if (kind == CommandKind.EndMerge)
        {
            archive?.Add(row, ChangeKind.Merged, receivedAt, ChangeCodec.OfMerged(step.SurvivorId));
        }
        else if (kind == CommandKind.ForgetMerged)
        {
            archive?.Remove(row, entry, receivedAt);
        }
    }

    /// <summary>Takes a step that is about the customer that is merged.</summary>
    /// <returns>The names that were removed with it, if any were.</returns>
    private NameRemoval? Take(CommandKind kind, MergeStep step, int row)
    {
        if (row < 0 || (kind != CommandKind.BeginMerge && Population.SurvivorOf(row) is null))
        {
            return null;
        }
        DirtyCustomers.Mark(row);
        switch (kind)
        {
            case CommandKind.BeginMerge:
                Population.BeginMerge(row, step.SurvivorId);
                return null;
            case CommandKind.EndMerge:
                return Population.IsIdOnly(row) ? null : Population.EndMerge(row);
            case CommandKind.CancelMerge:
                if (!Population.IsIdOnly(row))
                {
                    Population.CancelMerge(row);
                }
                return null;
            default:
                return Population.Delete(row);
        }
    }
}
