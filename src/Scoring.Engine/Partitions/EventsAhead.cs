using Scoring.Core.Populations;
using Scoring.Core.Recording;
using Scoring.Engine.Duplicates;
using Scoring.Engine.Journal;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Partitions;

/// <summary>
/// Runs ahead of what applies an entry: hashes what the next events are known by and asks the processor for the memory that they will touch. A customer
/// lies anywhere in it, and waiting for one event's memory at a time would take longer than all the rest.
/// </summary>
/// <remarks>
/// Where a customer lies is found in two steps, of which the second reads what the first asked for. So there are two groups: while the events of one are
/// applied, the steps of the other are on their way. A group goes on from one command to the next: of a batch that was divided by partition a command has
/// few events.
/// </remarks>
internal ref struct EventsAhead
{
    /// <summary>Events of both groups.</summary>
    public const int Most = 2 * GroupEvents;

    // More than memory can be asked for at a time, few enough for what was asked for to be still near when its turn comes.
    private const int GroupEvents = 32;
    private readonly WorkspaceShare[] _shares;
    private readonly DuplicateWindow _window;
    private BlobReader _commands;
    private EventBatch.Enumerator _events;
    private WorkspaceShare? _share;
    private bool _hasEvent;
    private Group _now;
    private Group _next;
    private int _taken;

    /// <param name="entry">The commands.</param>
    /// <param name="shares">The workspaces, by number.</param>
    /// <param name="window">The event ids that are remembered.</param>
    /// <param name="customers">Room for <see cref="Most"/>.</param>
    /// <param name="identities">Room for <see cref="Most"/>.</param>
    public EventsAhead(
        ReadOnlySpan<byte> entry,
        WorkspaceShare[] shares,
        DuplicateWindow window,
        Span<CustomerLookup> customers,
        Span<EventIdentity> identities
    )
    {
        (_shares, _window) = (shares, window);
        _commands = new BlobReader(entry);
        _now = new(customers[..GroupEvents], identities[..GroupEvents]);
        _next = new(customers[GroupEvents..], identities[GroupEvents..]);
        Begin(ref _next);
    }

    /// <summary>Whether the next event is the first of a group: a moment to let others have the partition.</summary>
    public readonly bool AtGroup => _taken == _now.Count;

    /// <summary>Gives what the next event of the entry is looked up by. There must be one.</summary>
    /// <exception cref="InvalidDataException">What comes in the entry is malformed.</exception>
    public void Next(out CustomerLookup customer, out EventIdentity identity)
    {
        if (AtGroup)
        {
            var used = _now;
            _now = _next;
            _next = used;
            _taken = 0;
            _now.Prefetch();
            Begin(ref _next);
        }
        (customer, identity) = (_now.Customers[_taken], _now.Identities[_taken]);
        _taken++;
    }

    /// <summary>Starts to look up the next events, all of one workspace.</summary>
    private void Begin(ref Group group)
    {
        group.Count = 0;
        while (group.Count < GroupEvents && (_hasEvent || MoveNext()) && (group.Count == 0 || group.Share == _share))
        {
            group.Share = _share!;
            group.Begin(_events, _window);
            _hasEvent = false;
        }
        group.Share?.Population.PrefetchPlaces(group.Customers[..group.Count]);
    }

    /// <summary>Goes to the next event of the entry; false at its end.</summary>
    private bool MoveNext()
    {
        while (!_events.MoveNext())
        {
            if (_commands.AtEnd)
            {
                return false;
            }
            var command = Command.Read(ref _commands);
            if (command.Kind == CommandKind.RecordEvents)
            {
                _events = EventBatch.Read(command.Payload);
                _share = WorkspaceShare.Of(command, _shares);
            }
        }
        return _hasEvent = true;
    }

    /// <summary>Some events of one workspace.</summary>
    private ref struct Group(Span<CustomerLookup> customers, Span<EventIdentity> identities)
    {
        public readonly Span<CustomerLookup> Customers = customers;
        public readonly Span<EventIdentity> Identities = identities;

        public WorkspaceShare? Share { get; set; }

        public int Count { get; set; }

        /// <summary>Adds the event at hand, and asks for the first of what it is looked up in.</summary>
        public void Begin(EventBatch.Enumerator item, DuplicateWindow window)
        {
            Customers[Count] = Share!.Population.BeginLookup(item.CurrentCustomerId);
            if (item.CurrentEventIdLength > 0)
            {
                Identities[Count] = EventIdentity.Of(Share.IdentityKey, item);
                window.Prefetch(Identities[Count]);
            }
            Count++;
        }

        /// <summary>Asks for what the events will change.</summary>
        public readonly void Prefetch()
        {
            var begun = Customers[..Count];
            Share!.Population.Prefetch(begun);
            foreach (ref readonly var customer in begun)
            {
                Share.DirtyCustomers.Prefetch(customer.LikelyRow);
            }
        }
    }
}
