using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Scoring.Core;
using Scoring.Core.Filters;
using Scoring.Core.History;

namespace Scoring.Server.Tests.History;

/// <summary>What is asked of the backend when a segment's history is asked for, and what may be asked.</summary>
public sealed class SegmentHistoryQuestionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_question_that_says_nothing_asks_for_everyone_in_the_last_30_days_as_all_is_known_now()
    {
        var query = await AskedAsync(new());

        Assert.Equal(("default", ""), (query.Query.Workspace, query.Query.Model));
        Assert.Empty(query.Query.Filter.Clauses!);
        Assert.Equal([25, 50, 75], query.Query.Percentiles);
        Assert.Equal((0, 0, false), (query.Query.Top, query.Query.Bottom, query.Query.EventTotals));
        Assert.Null(query.KnownAt);
        // The ends of 30 days, and now.
        Assert.Equal((31, Past.Midnight("2026-02-01")), (query.Times.Count, query.Times[0]));
        Assert.Equal((Past.Midnight("2026-03-02"), Past.Now), (query.Times[^2], query.Times[^1]));
    }

    [Fact]
    public async Task Everything_that_is_asked_for_reaches_the_backend()
    {
        var query = await AskedAsync(
            new()
            {
                Workspace = "trial",
                Model = "adoption",
                ModelVersion = 3,
                Filter = "plan = pro AND country = US",
                Period = V1.HistoryPeriod.Week,
                StartTime = Past.At("2026-02-01T00:00:00Z"),
                EndTime = Past.At("2026-02-16T00:00:00Z"),
                KnownAt = Past.At("2026-02-10T10:00:00Z"),
            }
        );

        Assert.Equal(("trial", "adoption@3"), (query.Query.Workspace, query.Query.Model));
        Assert.Equal([new("plan", "pro"), new("country", "US")], query.Query.Filter.Clauses!);
        Assert.Equal(
            [Past.Midnight("2026-02-02"), Past.Midnight("2026-02-09"), Past.Midnight("2026-02-16")],
            query.Times
        );
        Assert.Equal(Past.Midnight("2026-02-10") + TimeSpan.FromHours(10), query.KnownAt);
    }

    [Fact]
    public async Task A_saved_segment_is_asked_for_by_its_filter_together_with_that_of_the_question()
    {
        await using var front = await Front.StartAsync();
        var asked = Listen(front);
        await new V1.SegmentService.SegmentServiceClient(front.Channel).PutSegmentAsync(
            new()
            {
                Segment = new() { Name = "trials", Filter = "plan = trial" },
            },
            cancellationToken: Token
        );

        await Past.Client(front)
            .GetSegmentHistoryAsync(new() { Segment = "trials", Filter = "country = US" }, cancellationToken: Token);

        var tests = Assert.Single(asked).Query.Filter.Condition.Tests().Cast<Condition.TextTest>();
        Assert.Equal([("country", "US"), ("plan", "trial")], tests.Select(test => (test.Key, test.Values[0])));
    }

    [Fact]
    public async Task Whose_clock_is_ahead_by_no_more_than_the_tolerated_skew_asks_for_now()
    {
        var ahead = Timestamp.FromDateTimeOffset(Front.Now + Front.Options.MaxFutureSkew);

        var query = await AskedAsync(new() { EndTime = ahead, KnownAt = ahead });

        Assert.Equal(Past.Now, query.Times[^1]);
        Assert.Null(query.KnownAt);
    }

    [Fact]
    public async Task A_history_has_1100_points_at_the_most_and_where_it_could_begin_is_told()
    {
        await using var front = await Front.StartAsync();
        Listen(front);

        var failure = await Past.FailAsync(
            front,
            new V1.GetSegmentHistoryRequest { StartTime = Past.At("2023-02-27T00:00:00Z") }
        );
        var query = await AskedAsync(new() { StartTime = Past.At("2023-02-28T00:00:00Z") });

        Assert.Equal((StatusCode.InvalidArgument, "FIELD_INVALID"), (failure.Code, failure.Reason));
        Assert.Equal(["start_time"], failure.Fields);
        Assert.Contains("must not lie before 2023-02-28T00:00:00.0000000Z", failure.Message, StringComparison.Ordinal);
        Assert.Equal(Limits.HistoryPoints, query.Times.Count);
    }

    public static TheoryData<string, string, string> BadRequests =>
        new()
        {
            { $$"""{ "workspace": "{{new string('x', 65)}}" }""", "workspace", "64" },
            { $$"""{ "model": "{{new string('x', 65)}}" }""", "model", "64" },
            { """{ "model": "churn@2" }""", "model", "model_version" },
            { """{ "modelVersion": -1 }""", "model_version", "from 1" },
            { """{ "filter": "plan =" }""", "filter", "column" },
            { """{ "segment": "none" }""", "segment", "is no saved segment" },
            { $$"""{ "segment": "{{new string('x', 65)}}" }""", "segment", "64" },
            { """{ "period": 4 }""", "period", "HISTORY_PERIOD_WEEK" },
            { """{ "startTime": "1969-12-31T23:59:59Z" }""", "start_time", "1970" },
            { """{ "endTime": "1969-12-31T23:59:59Z" }""", "end_time", "1970" },
            { """{ "knownAt": "1969-12-31T23:59:59Z" }""", "known_at", "1970" },
            { """{ "startTime": "2026-03-02T12:05:01Z" }""", "start_time", "future" },
            { """{ "endTime": "2026-03-02T12:05:01Z" }""", "end_time", "future" },
            { """{ "knownAt": "2026-03-02T12:05:01Z" }""", "known_at", "future" },
            {
                """{ "startTime": "2026-03-01T00:00:00.1Z", "endTime": "2026-03-01T00:00:00Z" }""",
                "start_time",
                "must not lie after end_time, 2026-03-01T00:00:00.0000000Z"
            },
        };

    [Theory]
    [MemberData(nameof(BadRequests))]
    public async Task A_bad_question_names_the_field_and_what_it_must_be(string request, string field, string message)
    {
        await using var front = await Front.StartAsync();
        Listen(front);

        var failure = await Past.FailAsync(front, V1.GetSegmentHistoryRequest.Parser.ParseJson(request));

        Assert.Equal(StatusCode.InvalidArgument, failure.Code);
        Assert.Equal([field], failure.Fields);
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }

    /// <summary>What the backend is asked.</summary>
    private static async Task<SegmentHistoryQuery> AskedAsync(V1.GetSegmentHistoryRequest request)
    {
        await using var front = await Front.StartAsync();
        var asked = Listen(front);
        await Past.Client(front).GetSegmentHistoryAsync(request, cancellationToken: Token);
        return Assert.Single(asked);
    }

    private static List<SegmentHistoryQuery> Listen(Front front)
    {
        var asked = new List<SegmentHistoryQuery>();
        front.Backend.OnSegmentHistory = query =>
        {
            asked.Add(query);
            return [Past.Nobody];
        };
        return asked;
    }
}
