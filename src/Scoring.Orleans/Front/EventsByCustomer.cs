using System.Text;
using Scoring.Core.Recording;

namespace Scoring.Cluster.Front;

/// <summary>The events of one customer in a batch, in their order.</summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="Events">The events in their encoded form.</param>
/// <param name="AllHaveIds">Whether all of them are known again when they come again.</param>
[GenerateSerializer, Alias("scoring.events-by-customer"), Immutable]
internal sealed record EventsByCustomer(
    [property: Id(0)] string CustomerId,
    [property: Id(1)] byte[] Events,
    [property: Id(2)] bool AllHaveIds
)
{
    /// <summary>Divides a batch by customer.</summary>
    public static IReadOnlyList<EventsByCustomer> Of(EventBatch batch)
    {
        var parts = new Dictionary<string, Part>(StringComparer.Ordinal);
        for (var item = batch.GetEnumerator(); item.MoveNext(); )
        {
            var id = Encoding.UTF8.GetString(item.CurrentCustomerId);
            if (!parts.TryGetValue(id, out var part))
            {
                parts.Add(id, part = new Part());
            }
            part.Add(item);
        }
        return [.. parts.Select(part => new EventsByCustomer(part.Key, part.Value.Events, part.Value.AllHaveIds))];
    }

    private sealed class Part
    {
        // Most customers have one event in a batch, which is all that is allocated then.
        private byte[] _events = [];
        private int _length;

        public bool AllHaveIds { get; private set; } = true;

        public byte[] Events => _length == _events.Length ? _events : _events[.._length];

        public void Add(EventBatch.Enumerator item)
        {
            var added = item.CurrentEncoded;
            if (_length + added.Length > _events.Length)
            {
                Array.Resize(ref _events, Math.Max(_length * 2, _length + added.Length));
            }
            added.CopyTo(_events.AsSpan(_length));
            _length += added.Length;
            AllHaveIds &= item.CurrentEventIdLength > 0;
        }
    }
}
