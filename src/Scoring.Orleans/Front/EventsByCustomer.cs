using System.Buffers;
using System.Text;
using Scoring.Core.Recording;

namespace Scoring.Cluster.Front;

/// <summary>The events of one customer in a batch, in their order.</summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="Events">The events in their encoded form.</param>
/// <param name="AllHaveIds">Whether all of them are known again when they come again.</param>
internal sealed record EventsByCustomer(string CustomerId, byte[] Events, bool AllHaveIds)
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
        private readonly ArrayBufferWriter<byte> _events = new();

        public bool AllHaveIds { get; private set; } = true;

        public byte[] Events => _events.WrittenSpan.ToArray();

        public void Add(EventBatch.Enumerator item)
        {
            _events.Write(item.CurrentEncoded);
            AllHaveIds &= item.CurrentEventIdLength > 0;
        }
    }
}
