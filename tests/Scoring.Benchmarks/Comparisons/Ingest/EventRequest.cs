using System.Buffers.Binary;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Scoring.V1;

namespace Scoring.Benchmarks.Comparisons.Ingest;

/// <summary>Requests of the contract behind the prefix of gRPC.</summary>
internal static class EventRequest
{
    private const int PrefixBytes = 5;

    /// <summary>A batch to be filled in.</summary>
    public static BatchTemplate Template()
    {
        var request = new RecordEventsRequest();
        var now = DateTimeOffset.UtcNow;
        for (var place = 0; place < Traffic.BatchSize; place++)
        {
            request.Events.Add(
                new Event
                {
                    EventId = Traffic.AnyEvent,
                    CustomerId = Traffic.AnyCustomer,
                    AccountId = Traffic.AnyAccount,
                    Type = Traffic.TypeAt(place).Name,
                    OccurredAt = Timestamp.FromDateTimeOffset(now.AddMilliseconds(-place)),
                }
            );
        }

        return new BatchTemplate(Framed(request));
    }

    /// <summary>A message as gRPC sends it.</summary>
    public static byte[] Framed(IMessage message)
    {
        var framed = new byte[PrefixBytes + message.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(framed.AsSpan(1), framed.Length - PrefixBytes);
        message.WriteTo(framed.AsSpan(PrefixBytes));
        return framed;
    }

    /// <summary>Takes a whole answer to a batch off the front of what was received.</summary>
    /// <returns>The bytes taken; 0 when it is not whole yet.</returns>
    /// <exception cref="InvalidOperationException">Not every event was accepted.</exception>
    public static int TakeAnswer(ReadOnlySpan<byte> received)
    {
        if (received.Length < PrefixBytes)
        {
            return 0;
        }

        var length = PrefixBytes + BinaryPrimitives.ReadInt32BigEndian(received[1..]);
        if (received.Length < length)
        {
            return 0;
        }

        var answer = RecordEventsResponse.Parser.ParseFrom(received[PrefixBytes..length]);
        return answer is { AcceptedCount: Traffic.BatchSize, Durability: Durability.OnDisk }
            ? length
            : throw new InvalidOperationException($"Not every event was accepted and is on disk: {answer}");
    }
}
