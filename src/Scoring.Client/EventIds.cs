using Scoring.V1;

namespace Scoring.Client;

/// <summary>Ids of events: one with an id counts once, however often it is sent.</summary>
internal static class EventIds
{
    public static bool Has(Event item) => item.EventId.Length > 0;

    /// <summary>The event itself if it has an id, else a copy with a new one.</summary>
    public static Event WithId(Event item, DateTimeOffset now)
    {
        if (Has(item))
        {
            return item;
        }

        var copy = item.Clone();
        copy.EventId = Guid.CreateVersion7(now).ToString("N");
        return copy;
    }
}
