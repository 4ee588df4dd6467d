using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Scoring.Core;
using Scoring.Core.History;

namespace Scoring.Server.Tests.History;

/// <summary>What is asked of the backend when a history is asked for, and what may be asked.</summary>
public sealed class ScoreHistoryQuestionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_question_that_says_nothing_more_asks_for_the_last_30_days_as_all_is_known_now()
    {
        var query = await AskedAsync(new());

        Assert.Equal(("default", "ada", ""), (query.Workspace, query.CustomerId, query.Model));
        Assert.Null(query.KnownAt);
        // The ends of 30 days, and now.
        Assert.Equal(31, query.Times.Count);
        Assert.Equal(
            (Past.Midnight("2026-02-01"), Past.Midnight("2026-03-02"), Past.Now),
            (query.Times[0], query.Times[^2], query.Times[^1])
        );
    }

    [Theory]
    [InlineData(V1.HistoryPeriod.Unspecified, 31, "2026-02-01", "2026-03-02")]
    [InlineData(V1.HistoryPeriod.Day, 31, "2026-02-01", "2026-03-02")]
    // Now, 2 March 2026, is a Monday.
    [InlineData(V1.HistoryPeriod.Week, 27, "2025-09-08", "2026-03-02")]
    [InlineData(V1.HistoryPeriod.Month, 13, "2025-04-01", "2026-03-01")]
    public async Task Each_period_has_a_length_of_its_own(V1.HistoryPeriod period, int count, string first, string last)
    {
        var query = await AskedAsync(new() { Period = period });

        Assert.Equal(count, query.Times.Count);
        Assert.Equal(
            (Past.Midnight(first), Past.Midnight(last), Past.Now),
            (query.Times[0], query.Times[^2], query.Times[^1])
        );
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
                StartTime = Past.At("2026-02-01T00:00:00Z"),
                EndTime = Past.At("2026-02-03T00:00:00Z"),
                KnownAt = Past.At("2026-02-02T10:00:00.5Z"),
            }
        );

        Assert.Equal(("trial", "adoption@3"), (query.Workspace, query.Model));
        Assert.Equal(
            [Past.Midnight("2026-02-01"), Past.Midnight("2026-02-02"), Past.Midnight("2026-02-03")],
            query.Times
        );
        Assert.Equal(Past.Midnight("2026-02-02") + TimeSpan.FromHours(10) + TimeSpan.FromSeconds(0.5), query.KnownAt);
    }

    [Fact]
    public async Task Whose_clock_is_ahead_by_no_more_than_the_tolerated_skew_asks_for_now()
    {
        var ahead = Timestamp.FromDateTimeOffset(Front.Now + Front.Options.MaxFutureSkew);

        var query = await AskedAsync(new() { EndTime = ahead, KnownAt = ahead });
        var moment = await AskedAsync(new() { StartTime = ahead });

        Assert.Equal(Past.Now, query.Times[^1]);
        // Nothing was received later than now.
        Assert.Null(query.KnownAt);
        Assert.Equal([Past.Now], moment.Times);
    }

    [Fact]
    public async Task A_history_has_1100_points_at_the_most_and_where_it_could_begin_is_told()
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnHistory = _ => Past.History;
        // The end of the 1,099th day before today, and now is a point too.
        var earliest = "2023-02-28T00:00:00.0000000Z";
        var request = new V1.GetScoreHistoryRequest { CustomerId = "ada", StartTime = Past.At("2023-02-27T00:00:00Z") };

        var failure = await Past.FailAsync(front, request);

        Assert.Equal((StatusCode.InvalidArgument, "FIELD_INVALID"), (failure.Code, failure.Reason));
        Assert.Equal(["start_time"], failure.Fields);
        Assert.Contains($"must not lie before {earliest}", failure.Message, StringComparison.Ordinal);
        Assert.Contains("1,100 points", failure.Message, StringComparison.Ordinal);
        request.StartTime = Past.At(earliest);
        var query = await AskedAsync(request);
        Assert.Equal((Limits.HistoryPoints, Past.Midnight("2023-02-28")), (query.Times.Count, query.Times[0]));
        // By month there is room for all of time.
        request.StartTime = Past.At("1970-01-01T00:00:00Z");
        request.Period = V1.HistoryPeriod.Month;
        Assert.Equal(1 + (56 * 12) + 2 + 1, (await AskedAsync(request)).Times.Count);
    }

    public static TheoryData<string, string, string> BadRequests =>
        new()
        {
            { """{ }""", "customer_id", "required" },
            { """{ "customerId": "a\nb" }""", "customer_id", "remove" },
            { $$"""{ "customerId": "{{new string('x', 257)}}" }""", "customer_id", "256" },
            { $$"""{ "customerId": "a", "workspace": "{{new string('x', 65)}}" }""", "workspace", "64" },
            { $$"""{ "customerId": "a", "model": "{{new string('x', 65)}}" }""", "model", "64" },
            { """{ "customerId": "a", "model": "churn@2" }""", "model", "model_version" },
            { """{ "customerId": "a", "modelVersion": -1 }""", "model_version", "from 1" },
            { """{ "customerId": "a", "period": 4 }""", "period", "HISTORY_PERIOD_WEEK" },
            { """{ "customerId": "a", "startTime": "1969-12-31T23:59:59Z" }""", "start_time", "1970" },
            { """{ "customerId": "a", "endTime": "1969-12-31T23:59:59Z" }""", "end_time", "1970" },
            { """{ "customerId": "a", "knownAt": "1969-12-31T23:59:59Z" }""", "known_at", "1970" },
            { """{ "customerId": "a", "startTime": "2026-03-02T12:05:01Z" }""", "start_time", "future" },
            { """{ "customerId": "a", "endTime": "2026-03-02T12:05:01Z" }""", "end_time", "future" },
            { """{ "customerId": "a", "knownAt": "2026-03-02T12:05:01Z" }""", "known_at", "future" },
            {
                """{ "customerId": "a", "startTime": "2026-03-01T00:00:00.1Z", "endTime": "2026-03-01T00:00:00Z" }""",
                "start_time",
                "must not lie after end_time, 2026-03-01T00:00:00.0000000Z"
            },
        };

    [Theory]
    [MemberData(nameof(BadRequests))]
    public async Task A_bad_question_names_the_field_and_what_it_must_be(string request, string field, string message)
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnHistory = _ => Past.History;

        var failure = await Past.FailAsync(front, V1.GetScoreHistoryRequest.Parser.ParseJson(request));

        Assert.Equal(StatusCode.InvalidArgument, failure.Code);
        Assert.Equal([field], failure.Fields);
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }

    /// <summary>What the backend is asked when the front is asked of ada.</summary>
    private static async Task<ScoreHistoryQuery> AskedAsync(V1.GetScoreHistoryRequest request)
    {
        await using var front = await Front.StartAsync();
        ScoreHistoryQuery? asked = null;
        front.Backend.OnHistory = query =>
        {
            asked = query;
            return Past.History;
        };
        await Past.Client(front).GetScoreHistoryAsync(new(request) { CustomerId = "ada" }, cancellationToken: Token);
        return asked!;
    }
}
