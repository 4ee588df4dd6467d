using Scoring.Core.Names;
using Scoring.Core.Recording;
using Scoring.Core.Time;
using Scoring.Engine.Journal;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Partitions;

/// <content>Commands that change what is known of customers, accounts and names otherwise than by events.</content>
internal sealed partial class Partition
{
    private CommandOutcome Upsert(long entry, WorkspaceShare share, in Command command)
    {
        var accepted = 0;
        List<Rejection>? rejections = null;
        for (var reader = new BlobReader(command.Payload); !reader.AtEnd; _items++)
        {
            bool? refused = Decided?.Cover(entry) == true ? Decided.WasRefused(entry, _items) : null;
            var rejection =
                command.Kind == CommandKind.UpsertCustomers
                    ? UpsertCustomer(entry, share, ref reader, command.ReceivedAt, refused)
                    : UpsertAccount(entry, share, ref reader, command.ReceivedAt, refused);
            if (rejection is null)
            {
                accepted++;
            }
            else
            {
                (rejections ??= []).Add(rejection);
                Refused?.Add(entry, _items);
            }
            Access.GiveWay();
        }
        return new(accepted, 0, rejections ?? []);
    }

    private static Rejection? UpsertCustomer(
        long entry,
        WorkspaceShare share,
        ref BlobReader reader,
        Instant receivedAt,
        bool? refused
    )
    {
        var update = UpdateCodec.ReadCustomer(ref reader, out var index);
        return refused is { } decided
            ? share.UpsertAgain(entry, update, receivedAt, index, decided)
            : share.Upsert(update, receivedAt, index);
    }

    private static Rejection? UpsertAccount(
        long entry,
        WorkspaceShare share,
        ref BlobReader reader,
        Instant receivedAt,
        bool? refused
    )
    {
        var update = UpdateCodec.ReadAccount(ref reader, out var index);
        return refused is { } decided
            ? share.UpsertAgain(entry, update, receivedAt, index, decided)
            : share.Upsert(update, receivedAt, index);
    }

    private static CommandOutcome ReserveNames(WorkspaceShare share, in Command command)
    {
        share.Population.Reserve(NamesCodec.Read(command.Payload));
        return new(0, 0, []);
    }

    private CommandOutcome PruneNames(long entry, WorkspaceShare share, in Command command)
    {
        var names = NamesCodec.Read(command.Payload);
        var removal = share.Population.BeginRemoval(names);
        for (var row = 0; row < share.Population.Rows; row++)
        {
            share.Remove(removal, row, entry);
            if (row % RowsSettledTogether == 0)
            {
                Access.GiveWay();
            }
        }
        share.Archive?.Remove("", names, entry, command.ReceivedAt);
        share.EndRemoval(removal, Decided?.Cover(entry) ?? false);
        share.RemoveFromAccounts([.. names.Where(n => n.Kind == NameKind.AccountAttribute).Select(n => n.Name)], entry);
        return new(0, 0, []);
    }

    /// <summary>Deletes a customer; nothing was accepted when there is none.</summary>
    private CommandOutcome DeleteCustomer(long entry, WorkspaceShare share, in Command command)
    {
        var customerId = DeletionCodec.Read(command.Payload);
        // What is there may be ahead of a replay, so whether there was such a customer is noted as what is refused for a limit.
        var decided = Decided?.Cover(entry) ?? false;
        var deleted = decided
            ? share.DeleteAgain(entry, customerId, command.ReceivedAt, Decided!.WasRefused(entry, _items))
            : share.Delete(entry, customerId, command.ReceivedAt);
        if (!deleted)
        {
            Refused?.Add(entry, _items);
        }
        _items++;
        HasDeletions |= deleted;
        HasDeletionsInLog = true;
        return new(deleted ? 1 : 0, 0, []);
    }

    /// <summary>Puts or removes an adjustment; nothing was accepted where there is no such customer, as many as may be, or none to be removed.</summary>
    private CommandOutcome AdjustScore(long entry, WorkspaceShare share, in Command command)
    {
        var (customerId, model, adjustment) = AdjustmentCodec.Read(command.Payload);
        var adjusted =
            Decided?.Cover(entry) == true
                ? share.AdjustAgain(
                    entry,
                    customerId,
                    model,
                    adjustment,
                    command.ReceivedAt,
                    Decided.WasRefused(entry, _items)
                )
                : share.Adjust(customerId, model, adjustment, command.ReceivedAt);
        if (!adjusted)
        {
            Refused?.Add(entry, _items);
        }
        _items++;
        return new(adjusted ? 1 : 0, 0, []);
    }

    /// <summary>Takes a step of a merge; nothing was accepted when it was not taken.</summary>
    private CommandOutcome Merge(long entry, WorkspaceShare share, in Command command)
    {
        var step = MergeStep.Read(command.Payload);
        var refusal =
            Decided?.Cover(entry) == true
                ? share.MergeAgain(entry, command.Kind, step, command.ReceivedAt, Decided.WasRefused(entry, _items))
                : share.Merge(entry, command.Kind, step, command.ReceivedAt);
        if (refusal is not null)
        {
            Refused?.Add(entry, _items);
        }
        _items++;
        if (command.Kind == CommandKind.ForgetMerged)
        {
            HasDeletions |= refusal is null;
            HasDeletionsInLog = true;
        }
        return refusal is null ? new(1, 0, []) : new(0, 0, [refusal]);
    }

    /// <summary>Forgets the id of an account, to which nobody here belongs.</summary>
    private static CommandOutcome ForgetAccount(long entry, WorkspaceShare share, in Command command)
    {
        share.Archive?.Remove(DeletionCodec.Read(command.Payload), [], entry, command.ReceivedAt);
        return new(1, 0, []);
    }

    /// <summary>Deletes an account. That it is there is the caller's to know.</summary>
    private CommandOutcome DeleteAccount(long entry, WorkspaceShare share, in Command command)
    {
        var accountId = DeletionCodec.Read(command.Payload);
        foreach (var row in share.Population.MemberRowsOf(accountId))
        {
            share.LeaveAccount(row, entry, command.ReceivedAt);
            Access.GiveWay();
        }
        share.DeleteAccount(accountId, entry, command.ReceivedAt);
        share.Archive?.Remove(accountId, [], entry, command.ReceivedAt);
        HasDeletions = HasDeletionsInLog = true;
        return new(1, 0, []);
    }
}
