using System.Diagnostics;
using Scoring.Core.Memory;
using Scoring.Core.Populations;
using Scoring.Core.Recording;
using Scoring.Core.Time;
using Scoring.Engine.Duplicates;
using Scoring.Engine.Journal;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Partitions;

/// <summary>A share of all customers and accounts.</summary>
/// <remarks>
/// <see cref="Gate"/> is held for as long as an entry takes, so whoever holds it finds only whole entries applied; within it the memory is
/// changed in slices under <see cref="Access"/>. So reads need only <see cref="Access"/>, and what stores or counts only <see cref="Gate"/>.
/// </remarks>
/// <param name="index">Which partition, from 0.</param>
/// <param name="shares">The workspaces, by number.</param>
/// <param name="bounds">How long event ids are remembered.</param>
internal sealed partial class Partition(int index, WorkspaceShare[] shares, WindowBounds bounds)
{
    // More than memory can be asked for at a time, few enough for what was asked for to be still near when its turn comes.
    private const int EventsTogether = 32;
    private const int RowsSettledTogether = 64;
    private const int PrefetchedBytes = 2 << 10;
    private volatile OutcomeMark _outcomes = OutcomeMark.None;

    // Events and changes of the entry that is being applied, so far.
    private int _items;

    public int Index => index;

    /// <summary>Number of the claim that it is open by.</summary>
    public long Epoch { get; init; }

    public Lock Gate { get; } = new();

    public AccessGate Access { get; } = new();

    /// <summary>The workspaces, by number.</summary>
    public IReadOnlyList<WorkspaceShare> Shares => shares;

    /// <summary>Whether what is taken in is kept, one by one.</summary>
    public bool KeepsEvents => shares.Any(share => share.Archive is not null);

    public DuplicateWindow Window { get; } = new(bounds);

    /// <summary>Number of the newest journal entry that has been applied.</summary>
    public long AppliedEntry => _outcomes.Entry;

    /// <summary>What became of all entries that have been applied. Readable from any thread.</summary>
    public OutcomeMark Outcomes
    {
        get => _outcomes;
        set => _outcomes = value;
    }

    /// <summary>Takes what is refused for a limit while a checkpoint is being written; null when none is. Guarded by the gate.</summary>
    public RefusedItems? Refused { get; set; }

    /// <summary>What was decided of the entries that rows may contain already; null but during a replay of these.</summary>
    public DecidedEntries? Decided { get; set; }

    /// <summary>Whether rows were deleted that files of checkpoints hold still. Guarded by the gate.</summary>
    public bool HasDeletions { get; set; }

    /// <summary>Whether the log holds what was deleted since it was last told to erase that. Guarded by the gate.</summary>
    public bool HasDeletionsInLog { get; set; }

    /// <summary>When the newest command of the newest applied entry was received; <see cref="Instant.MinValue"/> before there is any.</summary>
    public Instant LastReceipt { get; set; } = Instant.MinValue;

    /// <summary>Applies the next journal entry and says what became of its commands.</summary>
    /// <remarks>The same entries in the same order lead to the same state and the same answers, whenever they are applied.</remarks>
    /// <exception cref="InvalidDataException">The entry is malformed.</exception>
    public void Apply(long entry, ReadOnlySpan<byte> content, List<CommandOutcome> outcomes)
    {
        lock (Gate)
        {
            Access.EnterToWrite();
            ApplyInside(entry, content, outcomes);
        }
    }

    /// <summary>Applies the next journal entry if that can be done without waiting for anybody.</summary>
    /// <exception cref="InvalidDataException">The entry is malformed.</exception>
    /// <returns>Whether it was applied.</returns>
    public bool TryApply(long entry, ReadOnlySpan<byte> content, List<CommandOutcome> outcomes)
    {
        if (!Gate.TryEnter())
        {
            return false;
        }
        try
        {
            if (!Access.TryEnterToWrite())
            {
                return false;
            }
            ApplyInside(entry, content, outcomes);
            return true;
        }
        finally
        {
            Gate.Exit();
        }
    }

    private void ApplyInside(long entry, ReadOnlySpan<byte> content, List<CommandOutcome> outcomes)
    {
        try
        {
            if (entry != AppliedEntry + 1)
            {
                throw new InvalidOperationException($"Entry {entry} cannot follow entry {AppliedEntry}.");
            }
            Debug.Assert(outcomes.Count == 0, "outcomes are those of one entry");
            ApplyCommands(entry, content, outcomes);
            Outcomes = Outcomes.Next(outcomes);
        }
        finally
        {
            Access.ExitFromWriting();
        }
    }

    private void ApplyCommands(long entry, ReadOnlySpan<byte> content, List<CommandOutcome> outcomes)
    {
        PrefetchStart(content);
        var reader = new BlobReader(content);
        var touched = -1;
        _items = 0;
        while (!reader.AtEnd)
        {
            var command = Command.Read(ref reader);
            if (touched != command.Workspace && touched >= 0)
            {
                Settle(shares[touched].Population);
            }
            touched = command.Workspace;
            LastReceipt = command.ReceivedAt;
            outcomes.Add(Apply(entry, command));
            shares[command.Workspace].NoteNames();
        }
        if (touched >= 0)
        {
            Settle(shares[touched].Population);
        }
    }

    /// <summary>
    /// Asks for the first lines of an entry, which another processor wrote: one after the other they would each be waited for, until the processor
    /// sees by itself that more are to come.
    /// </summary>
    private static void PrefetchStart(ReadOnlySpan<byte> content)
    {
        for (var at = 0; at < content.Length && at < PrefetchedBytes; at += CpuCache.LineBytes)
        {
            CpuCache.Prefetch(in content[at]);
        }
    }

    private void Settle(Population population)
    {
        while (population.Settle(RowsSettledTogether))
        {
            Access.GiveWay();
        }
    }

    private CommandOutcome Apply(long entry, in Command command)
    {
        if (command.Workspace >= shares.Length)
        {
            throw new InvalidDataException($"A command names workspace {command.Workspace}, which does not exist.");
        }
        var share = shares[command.Workspace];
        return command.Kind switch
        {
            CommandKind.RecordEvents => RecordEvents(entry, share, command, survivor: []),
            CommandKind.RecordForSurvivor => RecordForSurvivor(entry, share, command),
            CommandKind.UpsertCustomers or CommandKind.UpsertAccounts => Upsert(entry, share, command),
            CommandKind.ReserveNames => ReserveNames(share, command),
            CommandKind.PruneNames => PruneNames(entry, share, command),
            CommandKind.TakeOver => new(0, 0, []),
            CommandKind.DeleteCustomer => DeleteCustomer(entry, share, command),
            CommandKind.DeleteAccount => DeleteAccount(entry, share, command),
            CommandKind.ForgetAccount => ForgetAccount(entry, share, command),
            CommandKind.AdjustScore => AdjustScore(entry, share, command),
            CommandKind.CorrectEvents => CorrectEvents(entry, share, command),
            >= CommandKind.BeginMerge and <= CommandKind.ForgetMerged => Merge(entry, share, command),
            _ => throw new InvalidDataException($"A command is of the unknown kind {(int)command.Kind}."),
        };
    }

    /// <summary>Records events of customers that were merged into one. Each is known by the id that it came with.</summary>
    private CommandOutcome RecordForSurvivor(long entry, WorkspaceShare share, in Command command)
    {
        var reader = new BlobReader(command.Payload);
        var survivor = reader.Bytes(reader.UInt16());
        var events = new Command
        {
            Kind = command.Kind,
            Workspace = command.Workspace,
            ReceivedAt = command.ReceivedAt,
            Payload = reader.Rest,
        };
        return RecordEvents(entry, share, events, survivor);
    }

    /// <param name="entry">Number of the entry.</param>
    /// <param name="share">The workspace.</param>
    /// <param name="command">Its payload are the events.</param>
    /// <param name="survivor">The customer that they count for; empty for those that they name.</param>
    private CommandOutcome RecordEvents(
        long entry,
        WorkspaceShare share,
        in Command command,
        ReadOnlySpan<byte> survivor
    )
    {
        Window.Expire(command.ReceivedAt);
        var (accepted, duplicates) = (0, 0);
        List<Rejection>? rejections = null;
        var decided = Decided?.Cover(entry) ?? false;
        Span<CustomerLookup> customers = stackalloc CustomerLookup[EventsTogether];
        Span<EventIdentity> identities = stackalloc EventIdentity[EventsTogether];
        var events = EventBatch.Read(command.Payload);
        while (Prepare(events, share, survivor, customers, identities) is var prepared and > 0)
        {
            for (var i = 0; i < prepared; i++)
            {
                events.MoveNext();
                var item = survivor.IsEmpty ? events.Current : events.Current with { CustomerId = survivor };
                var outcome = decided
                    ? share.RecordAgain(
                        entry,
                        item,
                        customers[i],
                        identities[i],
                        command.ReceivedAt,
                        Window,
                        Decided!.WasRefused(entry, _items + i)
                    )
                    : share.Record(item, customers[i], identities[i], command.ReceivedAt, Window);
                switch (outcome)
                {
                    case RecordOutcome.Accepted:
                        accepted++;
                        break;
                    case RecordOutcome.Duplicate:
                        duplicates++;
                        break;
                    case RecordOutcome.Conflict:
                        (rejections ??= []).Add(Rejections.OfEvent(outcome, item.Index));
                        break;
                    case RecordOutcome.Merged:
                        var into = share.Population.SurvivorOf(item.CustomerId)!;
                        (rejections ??= []).Add(Rejections.OfMerged(item.Index, into));
                        Refused?.Add(entry, _items + i);
                        break;
                    default:
                        (rejections ??= []).Add(Rejections.OfEvent(outcome, item.Index));
                        Refused?.Add(entry, _items + i);
                        break;
                }
            }
            _items += prepared;
            Access.GiveWay();
        }
        return new(accepted, duplicates, rejections ?? []);
    }

    /// <summary>
    /// Hashes what the next events are known by and asks the processor for the memory that they will touch. A customer lies anywhere in it:
    /// waiting for one event's memory at a time would take longer than all the rest.
    /// </summary>
    /// <returns>How many events that were; 0 at the end.</returns>
    private int Prepare(
        EventBatch.Enumerator events,
        WorkspaceShare share,
        ReadOnlySpan<byte> survivor,
        Span<CustomerLookup> customers,
        Span<EventIdentity> identities
    )
    {
        var prepared = 0;
        while (prepared < EventsTogether && events.MoveNext())
        {
            customers[prepared] = Population.BeginLookup(survivor.IsEmpty ? events.CurrentCustomerId : survivor);
            share.Population.BeginPrefetch(customers[prepared]);
            if (events.CurrentEventIdLength > 0)
            {
                identities[prepared] = EventIdentity.Of(share.IdentityKey, events);
                Window.Prefetch(identities[prepared]);
            }
            prepared++;
        }
        share.Population.Prefetch(customers[..prepared]);
        foreach (ref readonly var customer in customers[..prepared])
        {
            share.DirtyCustomers.Prefetch(customer.LikelyRow);
        }
        return prepared;
    }

    /// <summary>Ends the replay of entries that rows may contain: from here on everything is decided by what there is.</summary>
    public void EndDecided()
    {
        Decided = null;
        foreach (var share in shares)
        {
            share.EndDecided();
        }
    }
}
