using Scoring.Core.History;

namespace Scoring.Engine.Archive;

/// <summary>Gathers the records of one customer from the places where an archive has some, the oldest first.</summary>
internal sealed class PastRecords
{
    private readonly List<PastChange> _changes = [];
    private PastEvent[] _events = [];
    private int _count;

    public PastEvent[] Events
    {
        get
        {
            Array.Resize(ref _events, _count);
            return _events;
        }
    }

    public IReadOnlyList<PastChange> Changes => _changes;

    /// <summary>Whether there are any.</summary>
    public bool Any => _count + _changes.Count > 0;

    /// <summary>Adds records.</summary>
    /// <param name="events">Events of the customer.</param>
    /// <param name="changes">Its changes, in order.</param>
    /// <param name="names">What the numbers in them stand for.</param>
    /// <param name="removed">What is not to be read of them.</param>
    public void Add(
        ReadOnlySpan<ArchivedEvent> events,
        IEnumerable<ArchivedChange> changes,
        IArchiveNames names,
        Removal removed
    )
    {
        Reserve(events.Length);
        foreach (ref readonly var item in events)
        {
            var type = names.EventType(item.Type);
            var feature = item.Feature < 0 ? "" : names.Feature(item.Feature);
            var account = item.Account < 0 ? "" : names.Account(item.Account);
            if (!removed.HasEventType(type))
            {
                _events[_count++] = new(
                    type,
                    item.OccurredAt,
                    new(item.ReceivedSecond * TimeSpan.TicksPerSecond),
                    item.Value,
                    removed.HasFeature(feature) ? "" : feature,
                    removed.HasAccount(account) ? "" : account
                )
                {
                    KnownBefore = new(item.KnownBefore * TimeSpan.TicksPerSecond),
                };
            }
        }
        _changes.AddRange(
            removed.Filter(changes).Select(change => new PastChange(change.Kind, change.ReceivedAt, change.Content))
        );
    }

    /// <summary>Adds what others gathered, later.</summary>
    public void Add(PastRecords later)
    {
        Reserve(later._count);
        later._events.AsSpan(0, later._count).CopyTo(_events.AsSpan(_count));
        _count += later._count;
        _changes.AddRange(later._changes);
    }

    /// <summary>Makes room: of one place as much as there are, so that nothing is copied; of many, twice as much as before.</summary>
    private void Reserve(int events)
    {
        if (_events.Length - _count < events)
        {
            Array.Resize(ref _events, Math.Max(_count + events, _count * 2));
        }
    }
}
