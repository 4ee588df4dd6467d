using System.Text;
using Scoring.Core.Accounts;
using Scoring.Core.Adjustments;
using Scoring.Core.History;
using Scoring.Core.Populations;
using Scoring.Core.Recording;
using Scoring.Core.Time;
using Scoring.Core.Workspaces;
using Scoring.Engine.Archive;
using Scoring.Engine.Duplicates;

namespace Scoring.Engine.Partitions;

/// <summary>The customers and accounts of one workspace that belong to one partition. Guarded by the partition's gate.</summary>
/// <param name="number">The workspace's number in the store.</param>
/// <param name="settings">The workspace.</param>
/// <param name="bounds">How much it may hold.</param>
/// <param name="archive">Keeps what is taken in; null where nothing is kept.</param>
internal sealed partial class WorkspaceShare(
    int number,
    WorkspaceSettings settings,
    PopulationBounds? bounds = null,
    ShareArchive? archive = null
)
{
    private LoadedRows? _loadedCustomers = new();
    private LoadedRows? _loadedAccounts = new();
    private bool _mayHaveUnusedNames;
    private int _namesVersion;

    /// <summary>The workspace.</summary>
    public WorkspaceSettings Settings => settings;

    /// <summary>The workspace's number in the store.</summary>
    public int Number { get; } = number;

    /// <summary>What tells the workspace's events from those of others in the duplicate window.</summary>
    public UInt128 IdentityKey { get; } = EventIdentity.KeyOf(settings.Name);

    public Population Population { get; } = new(settings, bounds);

    /// <summary>What was taken in, one by one; null where that is not kept.</summary>
    public ShareArchive? Archive => archive;

    public AccountShelf Accounts { get; } = new();

    public DirtyRows DirtyCustomers { get; } = new();

    public DirtyRows DirtyAccounts { get; } = new();

    /// <summary>Row 0 stands for what is known of the names.</summary>
    public DirtyRows DirtyNames { get; } = new();

    /// <summary>Whether anything is known of names: 1 or 0.</summary>
    public int NamesRows => _namesVersion > 0 ? 1 : 0;

    /// <summary>Takes a customer from the store, or the row of one that was deleted, which is stored as nothing.</summary>
    /// <remarks>
    /// One that was deleted while a checkpoint was written, behind its row, and came again in another row that was written later is stored twice: the row
    /// that contains more holds.
    /// </remarks>
    public int LoadCustomer(long entry, ReadOnlySpan<byte> encoded)
    {
        var isGone = encoded.IsEmpty;
        if (!isGone && Population.FindStored(encoded) is var other and >= 0)
        {
            isGone = _loadedCustomers!.EntryOf(other) > entry;
            if (_loadedCustomers.EntryOf(other) < entry)
            {
                DeleteForNow(other);
            }
        }
        _loadedCustomers!.Add(entry);
        if (!isGone)
        {
            return Population.Load(encoded);
        }
        var row = Population.LoadDeleted();
        if (!encoded.IsEmpty)
        {
            DirtyCustomers.Mark(row);
        }
        return row;
    }

    /// <summary>Takes an account from the store, in the same way.</summary>
    public int LoadAccount(long entry, ReadOnlySpan<byte> encoded)
    {
        var account = encoded.IsEmpty ? null : AccountRecord.Read(encoded);
        if (account is not null && Accounts.Find(account.AccountId) is var other and >= 0)
        {
            var ofOther = _loadedAccounts!.EntryOf(other);
            if (ofOther < entry)
            {
                Accounts.Delete(other);
                DirtyAccounts.Mark(other);
            }
            else if (ofOther > entry)
            {
                account = null;
                DirtyAccounts.Mark(Accounts.Rows);
            }
        }
        _loadedAccounts!.Add(entry);
        return Accounts.Load(account);
    }

    /// <summary>Takes from the store what is known of names.</summary>
    public int LoadNames(ReadOnlySpan<byte> encoded)
    {
        Population.LoadNames(encoded);
        _namesVersion = Population.NamesVersion;
        return 0;
    }

    /// <summary>Sees to it that what is known of names is stored when it has changed.</summary>
    public void NoteNames()
    {
        if (_namesVersion != Population.NamesVersion)
        {
            _namesVersion = Population.NamesVersion;
            DirtyNames.Mark(0);
        }
    }

    /// <summary>Ends the replay of entries that rows may contain.</summary>
    public void EndDecided()
    {
        if (_mayHaveUnusedNames)
        {
            _mayHaveUnusedNames = false;
            Population.DropUnusedNames();
        }
    }

    /// <summary>Ends the time in which applied entries may be contained in rows already.</summary>
    public void EndReplay() => (_loadedCustomers, _loadedAccounts) = (null, null);

    /// <summary>Records an event unless it was recorded before.</summary>
    /// <param name="item">The event.</param>
    /// <param name="customer">The look-up of its customer.</param>
    /// <param name="identity">Its identity; not looked at when it has no event id.</param>
    /// <param name="receivedAt">When it was received.</param>
    /// <param name="window">The ids seen before.</param>
    public RecordOutcome Record(
        in EventRecord item,
        CustomerLookup customer,
        EventIdentity identity,
        Instant receivedAt,
        DuplicateWindow window
    )
    {
        if (!item.EventId.IsEmpty && window.Find(identity) is { } known)
        {
            return known;
        }
        var outcome = Population.Record(item, customer, receivedAt, out var row);
        if (outcome == RecordOutcome.Accepted)
        {
            DirtyCustomers.Mark(row);
            archive?.Add(row, item, receivedAt);
            if (!item.EventId.IsEmpty)
            {
                window.Add(identity, receivedAt);
            }
        }
        return outcome;
    }

    /// <summary>Does with an event what was done with it when its entry was first applied, unless its customer's row contains that.</summary>
    /// <param name="entry">Number of the entry.</param>
    /// <param name="item">The event.</param>
    /// <param name="customer">The look-up of its customer.</param>
    /// <param name="identity">Its identity; not looked at when it has no event id.</param>
    /// <param name="receivedAt">When it was received.</param>
    /// <param name="window">The ids seen before.</param>
    /// <param name="refused">Whether it was refused for a limit.</param>
    public RecordOutcome RecordAgain(
        long entry,
        in EventRecord item,
        CustomerLookup customer,
        EventIdentity identity,
        Instant receivedAt,
        DuplicateWindow window,
        bool refused
    )
    {
        if (!item.EventId.IsEmpty && window.Find(identity) is { } known)
        {
            return known;
        }
        if (refused)
        {
            return RecordOutcome.RefusedBefore;
        }
        var row = Population.FindId(item.CustomerId);
        if (!_loadedCustomers!.Contain(row, entry))
        {
            row = NoteReplayed(row, Population.RecordAgain(item, customer, receivedAt));
        }
        archive?.Add(row, item, receivedAt);
        if (!item.EventId.IsEmpty)
        {
            window.Add(identity, receivedAt);
        }
        return RecordOutcome.Accepted;
    }

    /// <summary>Adds or changes a customer; null when that was done, else why not.</summary>
    public Rejection? Upsert(CustomerUpdate update, Instant receivedAt, int index)
    {
        var rejection = Population.Upsert(update, receivedAt, index, out var row);
        if (rejection is null)
        {
            DirtyCustomers.Mark(row);
            archive?.Add(row, ChangeKind.Update, receivedAt, ChangeCodec.Of(update));
        }
        return rejection;
    }

    /// <summary>Does with a change what was done with it when its entry was first applied, unless the customer's row contains that.</summary>
    public Rejection? UpsertAgain(long entry, CustomerUpdate update, Instant receivedAt, int index, bool refused)
    {
        if (refused)
        {
            return Rejections.Again(index);
        }
        var row = Population.FindId(Encoding.UTF8.GetBytes(update.CustomerId));
        if (!_loadedCustomers!.Contain(row, entry))
        {
            row = NoteReplayed(row, Population.UpsertAgain(update, receivedAt));
        }
        archive?.Add(row, ChangeKind.Update, receivedAt, ChangeCodec.Of(update));
        return null;
    }

    /// <summary>Deletes a customer; false when there is none.</summary>
    /// <param name="entry">Number of the entry.</param>
    /// <param name="customerId">The customer.</param>
    /// <param name="receivedAt">When that was received.</param>
    public bool Delete(long entry, string customerId, Instant receivedAt)
    {
        var row = Population.Find(customerId);
        if (row < 0)
        {
            return false;
        }
        Population.DropUnusedNames(Population.Delete(row));
        DirtyCustomers.Mark(row);
        archive?.Remove(row, entry, receivedAt);
        return true;
    }

    /// <summary>Deletes a customer as when the entry was first applied, unless the customer's row contains that, since it came again.</summary>
    /// <param name="entry">Number of the entry.</param>
    /// <param name="customerId">The customer.</param>
    /// <param name="receivedAt">When that was received.</param>
    /// <param name="refused">Whether there was none then.</param>
    public bool DeleteAgain(long entry, string customerId, Instant receivedAt, bool refused)
    {
        var row = Population.FindId(Encoding.UTF8.GetBytes(customerId));
        if (!refused && row >= 0)
        {
            archive?.Remove(row, entry, receivedAt);
        }
        if (!refused && row >= 0 && !_loadedCustomers!.Contain(row, entry))
        {
            DeleteForNow(row);
        }
        _mayHaveUnusedNames |= !refused;
        return !refused;
    }

    /// <summary>Puts or removes an adjustment of a customer's score; false where that cannot be done.</summary>
    public bool Adjust(string customerId, string model, ScoreAdjustment? adjustment, Instant receivedAt)
    {
        var row = Population.Find(customerId);
        if (row < 0 || !Population.Adjust(row, model, adjustment, receivedAt))
        {
            return false;
        }
        DirtyCustomers.Mark(row);
        archive?.Add(row, ChangeKind.Adjustment, receivedAt, ChangeCodec.Of(model, adjustment));
        return true;
    }

    /// <summary>Does with an adjustment what was done with it when its entry was first applied, unless the customer's row contains that or is gone since.</summary>
    public bool AdjustAgain(
        long entry,
        string customerId,
        string model,
        ScoreAdjustment? adjustment,
        Instant receivedAt,
        bool refused
    )
    {
        var row = Population.FindId(Encoding.UTF8.GetBytes(customerId));
        if (!refused && _loadedCustomers!.Contain(row, entry))
        {
            archive?.Add(row, ChangeKind.Adjustment, receivedAt, ChangeCodec.Of(model, adjustment));
        }
        else if (!refused)
        {
            // What a customer may have depends on nothing but itself, so it is decided as it was.
            Adjust(customerId, model, adjustment, receivedAt);
        }
        return !refused;
    }

    /// <summary>Takes a customer out of its account, unless its row contains that.</summary>
    public void LeaveAccount(int row, long entry, Instant receivedAt)
    {
        archive?.Add(row, ChangeKind.LeftAccount, receivedAt, default);
        if (_loadedCustomers?.Contain(row, entry) != true)
        {
            Population.LeaveAccount(row);
            DirtyCustomers.Mark(row);
        }
    }

    /// <summary>Deletes an account if it is here, unless its row contains that.</summary>
    public void DeleteAccount(string accountId, long entry, Instant receivedAt)
    {
        if (Accounts.Find(accountId) is not (var row and >= 0))
        {
            return;
        }
        archive?.Remove(AccountRows.Of(row), entry, receivedAt);
        if (_loadedAccounts?.Contain(row, entry) != true)
        {
            Accounts.Delete(row);
            DirtyAccounts.Mark(row);
        }
    }

    /// <summary>Adds or changes an account; null when that was done, else why not.</summary>
    public Rejection? Upsert(AccountUpdate update, Instant receivedAt, int index)
    {
        var isNew = Accounts.Find(update.AccountId) < 0;
        var rejection = Accounts.Upsert(update, index, out var row);
        if (rejection is null)
        {
            DirtyAccounts.Mark(row);
            archive?.Add(AccountRows.Of(row), ChangeKind.AccountUpdate, receivedAt, ChangeCodec.Of(update));
            if (isNew)
            {
                _loadedAccounts?.Renew(row);
            }
        }
        return rejection;
    }

    /// <summary>Does with a change what was done with it when its entry was first applied, unless the account's row contains that.</summary>
    public Rejection? UpsertAgain(long entry, AccountUpdate update, Instant receivedAt, int index, bool refused)
    {
        if (refused)
        {
            return Rejections.Again(index);
        }
        var row = Accounts.Find(update.AccountId);
        if (!_loadedAccounts!.Contain(row, entry))
        {
            // What an account may have depends on nothing but itself, so it is decided as it was.
            return Upsert(update, receivedAt, index);
        }
        archive?.Add(AccountRows.Of(row), ChangeKind.AccountUpdate, receivedAt, ChangeCodec.Of(update));
        return null;
    }

    /// <summary>Removes names from a customer, unless its row contains that.</summary>
    public void Remove(NameRemoval removal, int row, long entry)
    {
        if (_loadedCustomers?.Contain(row, entry) != true && Population.Remove(removal, row))
        {
            DirtyCustomers.Mark(row);
        }
    }

    /// <summary>Ends a removal. Rows that are ahead of a replay may have the names once more, so they are given up behind these entries only.</summary>
    public void EndRemoval(NameRemoval removal, bool replayed)
    {
        if (replayed)
        {
            _mayHaveUnusedNames = true;
        }
        else
        {
            Population.EndRemoval(removal);
        }
    }

    /// <summary>Removes attributes from all accounts, but those whose row contains that.</summary>
    public void RemoveFromAccounts(IReadOnlyList<string> keys, long entry)
    {
        for (var row = 0; row < Accounts.Rows && keys.Count > 0; row++)
        {
            if (_loadedAccounts?.Contain(row, entry) != true && Accounts[row]?.Remove(keys) == true)
            {
                DirtyAccounts.Mark(row);
            }
        }
    }

    /// <summary>Deletes a customer whose names others may have, whose rows are not there yet.</summary>
    private void DeleteForNow(int row)
    {
        _mayHaveUnusedNames = true;
        Population.Delete(row);
        DirtyCustomers.Mark(row);
    }

    /// <summary>Notes a change that was replayed.</summary>
    /// <param name="before">The customer's row before; -1 when there was none.</param>
    /// <param name="row">Its row.</param>
    /// <returns>Its row.</returns>
    private int NoteReplayed(int before, int row)
    {
        DirtyCustomers.Mark(row);
        if (before < 0)
        {
            _loadedCustomers!.Renew(row);
        }
        return row;
    }
}
