using System.Buffers;
using Scoring.Core.History;
using Scoring.Engine.Hosting;

namespace Scoring.Grains.Relay;

/// <summary>Events of an archive as they are sent to another silo. Ids and aliases never change.</summary>
/// <param name="Customers">The customers, each in the form of <see cref="CustomerPastCodec"/>.</param>
/// <param name="MergedIds">Those of them who were merged into others.</param>
/// <param name="Next">Where to go on; null when nothing is left.</param>
[GenerateSerializer, Alias("scoring.events"), Immutable]
internal sealed record EventReply(
    [property: Id(0)] byte[][] Customers,
    [property: Id(1)] string[] MergedIds,
    [property: Id(2)] EventPlace? Next
)
{
    /// <summary>What is sent of events.</summary>
    public static EventReply Of(EventPage page) =>
        new([.. page.Customers.Select(Written)], [.. page.MergedIds], page.Next);

    /// <summary>The events that were sent.</summary>
    /// <exception cref="InvalidDataException">The bytes are none.</exception>
    public EventPage Read() =>
        new(Array.ConvertAll(Customers, customer => CustomerPastCodec.Read(customer)), MergedIds, Next);

    private static byte[] Written(CustomerPast customer)
    {
        var target = new ArrayBufferWriter<byte>(256);
        CustomerPastCodec.Write(customer, target);
        return target.WrittenSpan.ToArray();
    }
}
