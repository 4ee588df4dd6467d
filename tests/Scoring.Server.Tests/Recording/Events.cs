using Google.Protobuf.WellKnownTypes;

namespace Scoring.Server.Tests.Recording;

/// <summary>Events of requests.</summary>
internal static class Events
{
    public static V1.Event Good(Action<V1.Event>? change = null)
    {
        var item = new V1.Event { CustomerId = "c-1", Type = "session_started" };
        change?.Invoke(item);
        return item;
    }

    public static Timestamp At(DateTimeOffset time) => Timestamp.FromDateTimeOffset(time);

    public static V1.RecordEventsRequest Batch(params IEnumerable<V1.Event> events) => new() { Events = { events } };
}
