using Scoring.Core.History;

namespace Scoring.Engine.Archive;

/// <summary>Gathers the records of one customer from the places where an archive has some, the oldest first.</summary>
internal sealed class PastRecords
{
    private readonly List<PastEvent> _events = [];
    private readonly List<PastChange> _changes = [];

    public IReadOnlyList<PastEvent> Events => _events;

    public IReadOnlyList<PastChange> Changes => _changes;

    /// <summary>Whether there are any.</summary>
    public bool Any => _events.Count + _changes.Count > 0;

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
        foreach (ref readonly var item in events)
        {
            var type = names.EventType(item.Type);
            var feature = item.Feature < 0 ? "" : names.Feature(item.Feature);
            var account = item.Account < 0 ? "" : names.Account(item.Account);
            if (!removed.HasEventType(type))
            {
                _events.Add(
                    new(
                        type,
                        item.OccurredAt,
                        new(item.ReceivedSecond * TimeSpan.TicksPerSecond),
                        item.Value,
                        removed.HasFeature(feature) ? "" : feature,
                        removed.HasAccount(account) ? "" : account
                    )
                    {
                        KnownBefore = new(item.KnownBefore * TimeSpan.TicksPerSecond),
                    }
                );
            }
        }
        _changes.AddRange(
            removed.Filter(changes).Select(change => new PastChange(change.Kind, change.ReceivedAt, change.Content))
        );
    }

    /// <summary>Adds what others gathered, later.</summary>
    public void Add(PastRecords later)
    {
        _events.AddRange(later._events);
        _changes.AddRange(later._changes);
    }
}
