using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Scoring.Core;
using Scoring.Core.Backend;
using Scoring.Core.Time;
using Scoring.V1;
using Recorded = Scoring.Core.History.ExportedEvent;

namespace Scoring.Server.Tests.History;

/// <summary>All events as a stream.</summary>
public sealed class EventExportTests
{
    private static readonly Instant At = Instant.From(new DateTimeOffset(2026, 2, 1, 12, 30, 0, TimeSpan.Zero));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_event_comes_with_all_that_was_recorded()
    {
        await using var front = await Front.StartAsync();
        front.Backend.Exported =
        [
            [
                new(
                    "ada",
                    "purchase",
                    new(At.Ticks + 1_234_567),
                    At,
                    new(At.Ticks - 10_000_000),
                    -12.5,
                    "search",
                    "acme"
                ),
            ],
        ];

        var read = Assert.Single(await ReadAsync(front, new()));

        var expected = new V1.ExportedEvent
        {
            CustomerId = "ada",
            AccountId = "acme",
            EventType = "purchase",
            OccurredAt = new Timestamp { Seconds = At.Ticks / TimeSpan.TicksPerSecond, Nanos = 123_456_700 },
            ReceivedAt = new Timestamp { Seconds = At.Ticks / TimeSpan.TicksPerSecond },
            KnownAt = new Timestamp { Seconds = (At.Ticks / TimeSpan.TicksPerSecond) - 1 },
            Value = -12.5,
            Feature = "search",
        };
        Assert.Equal(expected, read);
    }

    [Fact]
    public async Task Answers_stay_below_what_clients_take_and_nothing_is_lost_between_them()
    {
        await using var front = await Front.StartAsync();
        var name = new string('x', Limits.NameBytes);
        front.Backend.Exported =
        [
            [.. Enumerable.Range(0, 20_000).Select(i => new Recorded($"c{i}", name, At, At, At, i, name, name))],
            [],
            [new Recorded("last", "login", At, At, At, 1, "", "")],
        ];
        var (read, answers) = (new List<string>(), 0);

        using var call = Client(front).ExportEvents(new(), cancellationToken: Token);
        await foreach (var some in call.ResponseStream.ReadAllAsync(Token))
        {
            Assert.InRange(some.CalculateSize(), 1, 4 << 20);
            read.AddRange(some.Events.Select(item => item.CustomerId));
            answers++;
        }

        Assert.Equal([.. Enumerable.Range(0, 20_000).Select(i => $"c{i}"), "last"], read);
        Assert.True(answers > 2, $"{answers} answers");
    }

    [Fact]
    public async Task Everything_that_is_asked_for_reaches_the_backend()
    {
        await using var front = await Front.StartAsync();
        await ReadAsync(
            front,
            new()
            {
                Workspace = "trial",
                Model = "adoption",
                ModelVersion = 3,
                Filter = "plan = pro",
                StartTime = Timestamp.FromDateTimeOffset(At.ToDateTimeOffset()),
                EndTime = Timestamp.FromDateTimeOffset(At.ToDateTimeOffset().AddDays(1)),
            }
        );
        var all = front.Backend.ExportQuery!;
        await ReadAsync(front, new());
        var least = front.Backend.ExportQuery!;

        Assert.Equal(("trial", "adoption@3"), (all.Workspace, all.Model));
        Assert.Equal((At, At + TimeSpan.FromDays(1)), (all.ReceivedFrom, all.ReceivedTo));
        Assert.Single(all.Filter.Condition.Tests());
        Assert.Equal(("default", "", null, null), (least.Workspace, least.Model, least.ReceivedFrom, least.ReceivedTo));
        Assert.Empty(least.Filter.Condition.Tests());
    }

    public static TheoryData<string, string, string> BadRequests =>
        new()
        {
            { """{ "filter": "plan ==" }""", "filter", "line 1, column 7" },
            { """{ "segment": "gone" }""", "segment", "no saved segment" },
            { """{ "modelVersion": -1 }""", "model_version", "from 1" },
            { """{ "startTime": "1969-12-31T23:59:59Z" }""", "start_time", "1970" },
            { """{ "endTime": "1969-12-31T23:59:59Z" }""", "end_time", "1970" },
            {
                """{ "startTime": "2026-03-01T00:00:00Z", "endTime": "2026-03-01T00:00:00Z" }""",
                "start_time",
                "before end_time"
            },
        };

    [Theory]
    [MemberData(nameof(BadRequests))]
    public async Task A_mistake_is_named(string request, string field, string message)
    {
        await using var front = await Front.StartAsync();

        var failure = await FailAsync(front, ExportEventsRequest.Parser.ParseJson(request));

        Assert.Equal((StatusCode.InvalidArgument, field), (failure.Code, failure.Fields.Single()));
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_events_are_not_kept_the_call_says_so()
    {
        await using var front = await Front.StartAsync();
        front.Backend.Exported = Enumerable
            .Range(0, 1)
            .Select<int, IReadOnlyList<Recorded>>(_ => throw Refusals.NoHistory());

        var failure = await FailAsync(front, new());

        Assert.Equal((StatusCode.OutOfRange, "BEFORE_HISTORY"), (failure.Code, failure.Reason));
    }

    [Fact]
    public async Task A_workspace_that_is_not_configured_is_not_found()
    {
        await using var front = await Front.StartAsync();

        Assert.Equal(StatusCode.NotFound, (await FailAsync(front, new() { Workspace = "nowhere" })).Code);
    }

    private static HistoryService.HistoryServiceClient Client(Front front) => new(front.Channel);

    private static async Task<List<V1.ExportedEvent>> ReadAsync(Front front, ExportEventsRequest request)
    {
        var read = new List<V1.ExportedEvent>();
        using var call = Client(front).ExportEvents(request, cancellationToken: Token);
        await foreach (var some in call.ResponseStream.ReadAllAsync(Token))
        {
            read.AddRange(some.Events);
        }
        return read;
    }

    private static async Task<CallFailure> FailAsync(Front front, ExportEventsRequest request) =>
        CallFailure.Of(await Assert.ThrowsAsync<RpcException>(() => ReadAsync(front, request)));
}
