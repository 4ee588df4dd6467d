using Scoring.Core.Time;

namespace Scoring.Core.History;

/// <summary>Which events of a customer were voided by corrections.</summary>
public static class VoidedEvents
{
    private static readonly HashSet<int> None = [];

    /// <summary>The places of the events that corrections void: each voids one, the first there is still of those that are what it names.</summary>
    /// <param name="events">All events of the customer.</param>
    /// <param name="corrections">The corrections.</param>
    public static IReadOnlySet<int> Of(IReadOnlyList<PastEvent> events, IEnumerable<RecordedCorrection> corrections)
    {
        var wanted = new Dictionary<PastEvent, int>();
        foreach (var correction in corrections)
        {
            if (correction.Voided is { } item)
            {
                var voided = Named(item);
                wanted[voided] = wanted.GetValueOrDefault(voided) + 1;
            }
        }
        if (wanted.Count == 0)
        {
            return None;
        }
        var places = new HashSet<int>();
        for (var place = 0; place < events.Count; place++)
        {
            var known = Named(events[place]);
            if (wanted.GetValueOrDefault(known) is var left and > 0)
            {
                wanted[known] = left - 1;
                places.Add(place);
            }
        }
        return places;
    }

    /// <summary>A customer's events without those that were voided.</summary>
    /// <param name="past">The customer's past.</param>
    /// <param name="knownAt">What came to be known later is left out, events and corrections; null for nothing.</param>
    public static IReadOnlyList<PastEvent> Without(CustomerPast past, Instant? knownAt = null)
    {
        var corrections = RecordedCorrection.Among(past.Changes.Where(change => !(change.ReceivedAt > knownAt)));
        var voided = Of(past.Events, corrections.Select(of => of.Correction));
        return voided.Count == 0 && knownAt is null
            ? past.Events
            : [.. past.Events.Where((item, place) => !(item.KnownAt > knownAt) && !voided.Contains(place))];
    }

    /// <summary>What corrections name an event by: not by the account, whose id may have to be forgotten before the event, nor by when it was known.</summary>
    private static PastEvent Named(in PastEvent item) => item with { AccountId = "", KnownBefore = TimeSpan.Zero };
}
