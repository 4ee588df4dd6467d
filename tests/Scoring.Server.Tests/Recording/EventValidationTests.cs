using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Scoring.Core.Recording;
using Scoring.Server.Recording;
using Reason = Scoring.V1.RejectionReason;

namespace Scoring.Server.Tests.Recording;

public sealed class EventValidationTests
{
    private static readonly Timestamp InTolerance = Events.At(Front.Now.AddMinutes(5));
    private static readonly Timestamp TooFarAhead = Events.At(Front.Now.AddMinutes(5).AddTicks(1));

    private static readonly (string Name, Action<V1.Event> Change)[] GoodEvents =
    [
        ("nothing but customer and type", _ => { }),
        ("ids of 256 bytes", e => e.CustomerId = e.EventId = e.AccountId = new string('x', 256)),
        ("an id of 128 letters of two bytes", e => e.CustomerId = new string('ä', 128)),
        ("a type and a feature of 128 bytes", e => e.Type = e.Feature = new string('x', 128)),
        ("an emoji, which is a pair of surrogates", e => e.CustomerId = "🙂"),
        ("letters from right to left", e => e.CustomerId = e.Type = "שלום"),
        ("joined emoji", e => e.CustomerId = "👩\u200D💻"),
        ("the largest value", e => e.Value = 1e12),
        ("the largest negative value", e => e.Value = -1e12),
        ("value zero", e => e.Value = 0),
        ("the first instant", e => e.OccurredAt = new Timestamp()),
        ("as far ahead as is tolerated", e => e.OccurredAt = InTolerance),
    ];

    private static readonly (string Name, Action<V1.Event> Change, Reason Reason, string Field)[] BadEvents =
    [
        ("no customer", e => e.CustomerId = "", Reason.FieldMissing, "customer_id"),
        ("no type", e => e.Type = "", Reason.FieldMissing, "type"),
        ("customer of 257 bytes", e => e.CustomerId = new string('x', 257), Reason.FieldTooLong, "customer_id"),
        ("customer of 129 x 2 bytes", e => e.CustomerId = new string('ä', 129), Reason.FieldTooLong, "customer_id"),
        ("event id of 257 bytes", e => e.EventId = new string('x', 257), Reason.FieldTooLong, "event_id"),
        ("account of 257 bytes", e => e.AccountId = new string('x', 257), Reason.FieldTooLong, "account_id"),
        ("type of 129 bytes", e => e.Type = new string('x', 129), Reason.FieldTooLong, "type"),
        ("feature of 129 bytes", e => e.Feature = new string('x', 129), Reason.FieldTooLong, "feature"),
        ("a megabyte of customer", e => e.CustomerId = new string('x', 1 << 20), Reason.FieldTooLong, "customer_id"),
        ("a line feed", e => e.CustomerId = "a\nb", Reason.FieldInvalid, "customer_id"),
        ("a zero character", e => e.Type = "a\0", Reason.FieldInvalid, "type"),
        ("delete", e => e.EventId = "\u007f", Reason.FieldInvalid, "event_id"),
        ("a C1 control character", e => e.Feature = "\u0085", Reason.FieldInvalid, "feature"),
        ("an escape sequence", e => e.CustomerId = "\u001B]52;c;eA==\a", Reason.FieldInvalid, "customer_id"),
        ("a mark of direction", e => e.CustomerId = "ä\u200F", Reason.FieldInvalid, "customer_id"),
        ("an override of direction", e => e.EventId = "a\u202Eb", Reason.FieldInvalid, "event_id"),
        ("an isolate", e => e.AccountId = "\u2066a\u2069", Reason.FieldInvalid, "account_id"),
        ("the Arabic mark", e => e.Type = "\u061Ca", Reason.FieldInvalid, "type"),
        ("a separator of lines", e => e.Feature = "a\u2028", Reason.FieldInvalid, "feature"),
        ("a separator of paragraphs", e => e.Source = "a\u2029", Reason.FieldInvalid, "source"),
        ("value not a number", e => e.Value = double.NaN, Reason.FieldInvalid, "value"),
        ("value infinite", e => e.Value = double.NegativeInfinity, Reason.FieldInvalid, "value"),
        ("value too large", e => e.Value = 1.0001e12, Reason.FieldInvalid, "value"),
        ("before 1970", e => e.OccurredAt = new Timestamp { Seconds = -1 }, Reason.FieldInvalid, "occurred_at"),
        (
            "after 9999",
            e => e.OccurredAt = new Timestamp { Seconds = 253402300800 },
            Reason.FieldInvalid,
            "occurred_at"
        ),
        ("nanos negative", e => e.OccurredAt = new Timestamp { Nanos = -1 }, Reason.FieldInvalid, "occurred_at"),
        (
            "nanos a second",
            e => e.OccurredAt = new Timestamp { Nanos = 1_000_000_000 },
            Reason.FieldInvalid,
            "occurred_at"
        ),
        ("too far ahead", e => e.OccurredAt = TooFarAhead, Reason.OccurredAtInFuture, "occurred_at"),
        ("known too far ahead", e => e.KnownAt = TooFarAhead, Reason.OccurredAtInFuture, "known_at"),
        ("known in no second", e => e.KnownAt = new Timestamp { Nanos = -1 }, Reason.FieldInvalid, "known_at"),
        (
            "known before it happened",
            e => (e.OccurredAt, e.KnownAt) = (new() { Seconds = 100 }, new() { Seconds = 99, Nanos = 999_999_900 }),
            Reason.FieldInvalid,
            "known_at"
        ),
        (
            "known at some time, and of no time",
            e => e.KnownAt = new() { Seconds = 100 },
            Reason.FieldInvalid,
            "known_at"
        ),
    ];

    public static TheoryData<string> NamesOfGoodEvents => [.. GoodEvents.Select(row => row.Name)];

    public static TheoryData<string> NamesOfBadEvents => [.. BadEvents.Select(row => row.Name)];

    [Theory]
    [MemberData(nameof(NamesOfGoodEvents))]
    public async Task Good_event_is_taken(string name)
    {
        await using var front = await Front.StartAsync();
        var request = new V1.RecordEventRequest
        {
            Event = Events.Good(GoodEvents.Single(row => row.Name == name).Change),
        };

        var response = await front.CallAsync<V1.RecordEventRequest, V1.RecordEventResponse>("RecordEvent", request);

        Assert.Equal(V1.RecordEventResponse.Types.Outcome.Accepted, response.Outcome);
        Assert.Equal(request.Event.CustomerId, Assert.Single(Assert.Single(front.Backend.Batches)).CustomerId);
    }

    [Theory]
    [MemberData(nameof(NamesOfBadEvents))]
    public async Task Bad_event_is_rejected_by_place_reason_and_field_and_never_fails_its_batch(string name)
    {
        await using var front = await Front.StartAsync();
        var (_, change, reason, field) = BadEvents.Single(row => row.Name == name);
        var request = Events.Batch(Events.Good(), Events.Good(change), Events.Good());

        var response = await front.CallAsync<V1.RecordEventsRequest, V1.RecordEventsResponse>("RecordEvents", request);

        Assert.Equal(2, response.AcceptedCount);
        var rejection = Assert.Single(response.Rejections);
        Assert.Equal((1, reason, field), (rejection.Index, rejection.Reason, rejection.Field));
        Assert.StartsWith(field, rejection.Message, StringComparison.Ordinal);
        Assert.Equal([0, 2], front.Backend.Batches.Single().Select(item => item.Index));
    }

    [Theory]
    [MemberData(nameof(NamesOfBadEvents))]
    public async Task Bad_event_alone_is_an_error_that_names_the_field(string name)
    {
        await using var front = await Front.StartAsync();
        var (_, change, reason, field) = BadEvents.Single(row => row.Name == name);

        var failure = await front.FailAsync<V1.RecordEventRequest, V1.RecordEventResponse>(
            "RecordEvent",
            new V1.RecordEventRequest { Event = Events.Good(change) }
        );

        Assert.Equal(StatusCode.InvalidArgument, failure.Code);
        Assert.Equal(NameInContract(reason), failure.Reason);
        Assert.Equal([$"event.{field}"], failure.Fields);
        Assert.Empty(front.Backend.Batches);
    }

    [Fact]
    public void Text_that_is_not_UTF8_fails_its_event_alone()
    {
        using var batch = new EventBatch("default");
        var item = default(WireEvent);
        byte[] bytes = [.. Events.Good().ToByteArray(), 0x0A, 2, 0xC3, 0x28];
        Assert.True(item.TryMerge(bytes));

        var fault = EventIntake.Add(batch, in item, 0, default);

        Assert.Equal((RejectionReason.FieldInvalid, "event_id"), (fault!.Reason, fault.Field));
        Assert.Equal(0, batch.Count);
    }

    [Fact]
    public async Task Missing_event_is_an_error()
    {
        await using var front = await Front.StartAsync();

        var failure = await front.FailAsync<V1.RecordEventRequest, V1.RecordEventResponse>("RecordEvent", new());

        Assert.Equal((StatusCode.InvalidArgument, "FIELD_MISSING"), (failure.Code, failure.Reason));
        Assert.Equal(["event"], failure.Fields);
    }

    [Fact]
    public async Task Event_reaches_the_backend_as_it_was_sent()
    {
        await using var front = await Front.StartAsync();
        var item = new V1.Event
        {
            EventId = "e-1",
            CustomerId = "Zoë 🙂",
            AccountId = "acme",
            Type = "feature_used",
            Feature = "export",
            Value = 2.5,
            OccurredAt = new Timestamp { Seconds = 1_700_000_000, Nanos = 123_456_789 },
        };

        await front.CallAsync<V1.RecordEventsRequest, V1.RecordEventsResponse>("RecordEvents", Events.Batch(item));

        var recorded = front.Backend.Batches.Single().Single();
        var expected = new FakeBackend.Recorded(
            0,
            "e-1",
            "Zoë 🙂",
            "acme",
            "feature_used",
            "export",
            2.5,
            new(17_000_000_001_234_567) // Truncated to 100 ns.
        );
        Assert.Equal(expected, recorded);
        Assert.Equal("default", front.Backend.Workspace);
    }

    [Fact]
    public async Task Absent_value_is_1_and_absent_time_is_left_to_the_backend()
    {
        await using var front = await Front.StartAsync();

        await front.CallAsync<V1.RecordEventsRequest, V1.RecordEventsResponse>(
            "RecordEvents",
            Events.Batch(Events.Good())
        );

        var recorded = front.Backend.Batches.Single().Single();
        Assert.Equal((1.0, null), (recorded.Value, recorded.OccurredAt));
    }

    private static string NameInContract(Reason reason) =>
        V1
            .WriteReflection.Descriptor.EnumTypes.Single(type => type.Name == "RejectionReason")
            .FindValueByNumber((int)reason)
            .Name["REJECTION_REASON_".Length..];
}
