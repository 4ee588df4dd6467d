using Scoring.Core.Accounts;
using Scoring.Core.Populations;
using Scoring.Core.Recording;
using Scoring.Core.Time;
using Scoring.Core.Workspaces;
using Scoring.Engine.Duplicates;

namespace Scoring.Engine.Partitions;

/// <summary>The customers and accounts of one workspace that belong to one partition. Guarded by the partition's gate.</summary>
internal sealed class WorkspaceShare(int number, WorkspaceSettings settings, PopulationBounds? bounds = null)
{
    private LoadedRows? _loadedCustomers = new();
    private LoadedRows? _loadedAccounts = new();

    /// <summary>The workspace's number in the store.</summary>
    public int Number { get; } = number;

    /// <summary>What tells the workspace's events from those of others in the duplicate window.</summary>
    public UInt128 IdentityKey { get; } = EventIdentity.KeyOf(settings.Name);

    public Population Population { get; } = new(settings, bounds ?? PopulationBounds.Default);

    public AccountShelf Accounts { get; } = new();

    public DirtyRows DirtyCustomers { get; } = new();

    public DirtyRows DirtyAccounts { get; } = new();

    /// <summary>Takes a customer from the store.</summary>
    public int LoadCustomer(long entry, ReadOnlySpan<byte> encoded)
    {
        _loadedCustomers!.Add(entry);
        return Population.Load(encoded);
    }

    /// <summary>Takes an account from the store.</summary>
    public int LoadAccount(long entry, ReadOnlySpan<byte> encoded)
    {
        _loadedAccounts!.Add(entry);
        return Accounts.Load(AccountRecord.Read(encoded));
    }

    /// <summary>Ends the time in which applied entries may be contained in rows already.</summary>
    public void EndReplay() => (_loadedCustomers, _loadedAccounts) = (null, null);

    /// <summary>Records an event unless it was recorded before.</summary>
    /// <param name="entry">Number of the journal entry that it stands in.</param>
    /// <param name="item">The event.</param>
    /// <param name="customer">The look-up of its customer.</param>
    /// <param name="identity">Its identity; not looked at when it has no event id.</param>
    /// <param name="receivedAt">When it was received.</param>
    /// <param name="window">The ids seen before.</param>
    public RecordOutcome Record(
        long entry,
        in EventRecord item,
        CustomerLookup customer,
        EventIdentity identity,
        Instant receivedAt,
        DuplicateWindow window
    )
    {
        if (item.EventId.IsEmpty)
        {
            return Record(entry, item, customer, receivedAt);
        }
        switch (window.Find(identity))
        {
            case Sighting.Same:
                return RecordOutcome.Duplicate;
            case Sighting.Different:
                return RecordOutcome.Conflict;
            default:
                break;
        }
        var outcome = Record(entry, item, customer, receivedAt);
        if (outcome == RecordOutcome.Accepted)
        {
            window.Add(identity, receivedAt);
        }
        return outcome;
    }

    public Rejection? Upsert(long entry, CustomerUpdate update, Instant receivedAt, int index)
    {
        if (_loadedCustomers is { } loaded && loaded.Contain(Population.Find(update.CustomerId), entry))
        {
            return null;
        }
        var rejection = Population.Upsert(update, receivedAt, index, out var row);
        if (rejection is null)
        {
            DirtyCustomers.Mark(row);
        }
        return rejection;
    }

    public Rejection? Upsert(long entry, AccountUpdate update, int index)
    {
        if (_loadedAccounts is { } loaded && loaded.Contain(Accounts.Find(update.AccountId), entry))
        {
            return null;
        }
        var rejection = Accounts.Upsert(update, index, out var row);
        if (rejection is null)
        {
            DirtyAccounts.Mark(row);
        }
        return rejection;
    }

    private RecordOutcome Record(long entry, in EventRecord item, CustomerLookup customer, Instant receivedAt)
    {
        if (_loadedCustomers is { } loaded && loaded.MayContain(entry))
        {
            if (loaded.Contain(Population.Find(item.CustomerId), entry))
            {
                // What was taken then is known now, and what was refused then for a limit is refused still.
                return Population.Check(item);
            }
        }
        var outcome = Population.Record(item, customer, receivedAt, out var row);
        if (outcome == RecordOutcome.Accepted)
        {
            DirtyCustomers.Mark(row);
        }
        return outcome;
    }
}
