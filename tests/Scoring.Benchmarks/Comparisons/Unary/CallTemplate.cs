using System.Buffers;
using System.Buffers.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Scoring.Benchmarks.Comparisons.Ingest;
using Scoring.V1;

namespace Scoring.Benchmarks.Comparisons.Unary;

/// <summary>A request of which only the digits of its customer and its event change.</summary>
internal sealed class CallTemplate
{
    private static readonly StandardFormat EventDigits = new('D', 12);
    private static readonly StandardFormat CustomerDigits = new('D', 8);

    // Far above the numbers of BatchSource: an id stands for one event only.
    private static long _events = 900_000_000_000;

    private readonly byte[] _framed;
    private readonly int _customer;
    private readonly int _event;

    private CallTemplate(IMessage request, byte[]? answer)
    {
        _framed = EventRequest.Framed(request);
        _customer = After("customer-"u8);
        _event = After("event-"u8);
        Answer = answer;
    }

    /// <summary>The framed request.</summary>
    public ReadOnlySpan<byte> Framed => _framed;

    /// <summary>What has to be answered, framed; null if that depends.</summary>
    public byte[]? Answer { get; }

    /// <summary>RecordEvent of an event that never was before.</summary>
    public static CallTemplate RecordEvent() =>
        new(
            new RecordEventRequest
            {
                Event = new Event
                {
                    EventId = Traffic.AnyEvent,
                    CustomerId = Traffic.AnyCustomer,
                    AccountId = Traffic.AnyAccount,
                    Type = Traffic.TypeAt(0).Name,
                    OccurredAt = Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow),
                },
            },
            EventRequest.Framed(
                new RecordEventResponse
                {
                    Outcome = RecordEventResponse.Types.Outcome.Accepted,
                    Durability = Durability.OnDisk,
                }
            )
        );

    /// <summary>GetScore.</summary>
    public static CallTemplate GetScore() => new(new GetScoreRequest { CustomerId = Traffic.AnyCustomer }, null);

    /// <summary>The request of RecordEvent, for an endpoint that gives it back.</summary>
    public static CallTemplate Echo()
    {
        var template = RecordEvent();
        return new CallTemplate(RecordEventRequest.Parser.ParseFrom(template._framed.AsSpan(5)), null);
    }

    /// <summary>Makes it the next request.</summary>
    public void Fill(int customer)
    {
        Utf8Formatter.TryFormat(customer, _framed.AsSpan(_customer), out _, CustomerDigits);
        if (_event > 0)
        {
            Utf8Formatter.TryFormat(Interlocked.Increment(ref _events), _framed.AsSpan(_event), out _, EventDigits);
        }
    }

    private int After(ReadOnlySpan<byte> prefix) =>
        _framed.AsSpan().IndexOf(prefix) is >= 0 and var place ? place + prefix.Length : 0;
}
