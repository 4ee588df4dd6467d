using Scoring.Core.History;

namespace Scoring.Engine.Hosting;

/// <summary>The order in which the events of one customer are given: by the time of receipt, then by all else that they have, so that only those that are the same are equal.</summary>
internal sealed class EventOrder : IComparer<PastEvent>
{
    private EventOrder() { }

    public static EventOrder Instance { get; } = new();

    /// <inheritdoc/>
    public int Compare(PastEvent x, PastEvent y)
    {
        var received = x.ReceivedAt.CompareTo(y.ReceivedAt);
        if (received != 0)
        {
            return received;
        }
        var occurred = x.OccurredAt.CompareTo(y.OccurredAt);
        return occurred != 0 ? occurred : CompareRest(x, y);
    }

    private static int CompareRest(in PastEvent x, in PastEvent y)
    {
        var type = string.CompareOrdinal(x.EventType, y.EventType);
        var feature = type != 0 ? type : string.CompareOrdinal(x.Feature, y.Feature);
        var account = feature != 0 ? feature : string.CompareOrdinal(x.AccountId, y.AccountId);
        var value = account != 0 ? account : x.Value.CompareTo(y.Value);
        return value != 0 ? value : x.KnownBefore.CompareTo(y.KnownBefore);
    }
}
