using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Scoring.Core.History;
using Scoring.Core.Time;

namespace Scoring.Server.Tests.History;

/// <summary>What is asked of the backend when a change is to be explained, and what may be asked.</summary>
public sealed class ScoreChangeQuestionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Everything_that_is_asked_for_reaches_the_backend()
    {
        var day = new DateTimeOffset(2026, 2, 1, 0, 0, 0, TimeSpan.Zero);

        var all = await AskedAsync(
            new()
            {
                Workspace = "trial",
                CustomerId = "ada",
                Model = "adoption",
                ModelVersion = 3,
                FromModelVersion = 2,
                StartTime = Timestamp.FromDateTimeOffset(day),
                EndTime = Timestamp.FromDateTimeOffset(day.AddDays(1)),
            }
        );
        var least = await AskedAsync(Past.Question());

        var instant = Instant.From(day);
        Assert.Equal(new("trial", "ada", "adoption@3", "adoption@2", instant, instant + TimeSpan.FromDays(1)), all);
        Assert.Equal(new("default", "ada", "", "", Past.Before, Past.Now), least);
    }

    [Fact]
    public async Task Whose_clock_is_ahead_by_no_more_than_the_tolerated_skew_asks_for_now()
    {
        var request = Past.Question();
        request.EndTime = Timestamp.FromDateTimeOffset(Front.Now + Front.Options.MaxFutureSkew);

        Assert.Equal(Past.Now, (await AskedAsync(request)).To);
    }

    public static TheoryData<string, string, string> BadRequests =>
        new()
        {
            { """{ "startTime": "2026-03-01T00:00:00Z" }""", "customer_id", "required" },
            {
                $$"""{ "customerId": "{{new string('x', 257)}}", "startTime": "2026-03-01T00:00:00Z" }""",
                "customer_id",
                "256"
            },
            { """{ "customerId": "a" }""", "start_time", "required" },
            { """{ "customerId": "a", "startTime": "1969-12-31T23:59:59Z" }""", "start_time", "1970" },
            { """{ "customerId": "a", "startTime": "2026-03-02T12:05:01Z" }""", "start_time", "future" },
            {
                """{ "customerId": "a", "startTime": "2026-03-01T00:00:00Z", "endTime": "1969-01-01T00:00:00Z" }""",
                "end_time",
                "1970"
            },
            {
                """{ "customerId": "a", "startTime": "2026-03-01T00:00:00Z", "endTime": "2026-03-02T12:05:01Z" }""",
                "end_time",
                "future"
            },
            {
                """{ "customerId": "a", "startTime": "2026-03-01T00:00:00Z", "endTime": "2026-03-01T00:00:00Z" }""",
                "start_time",
                "must lie before end_time, 2026-03-01T00:00:00.0000000Z"
            },
            { """{ "customerId": "a", "model": "churn@2", "startTime": "2026-03-01T00:00:00Z" }""", "model", "alone" },
            {
                """{ "customerId": "a", "modelVersion": -1, "startTime": "2026-03-01T00:00:00Z" }""",
                "model_version",
                "from 1"
            },
            {
                """{ "customerId": "a", "fromModelVersion": -1, "startTime": "2026-03-01T00:00:00Z" }""",
                "from_model_version",
                "from 1"
            },
        };

    [Theory]
    [MemberData(nameof(BadRequests))]
    public async Task A_bad_question_names_the_field_and_what_it_must_be(string request, string field, string message)
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnChange = _ => Past.Change;

        var failure = await Past.FailAsync(front, V1.ExplainScoreChangeRequest.Parser.ParseJson(request));

        Assert.Equal(StatusCode.InvalidArgument, failure.Code);
        Assert.Equal([field], failure.Fields);
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }

    /// <summary>What the backend is asked.</summary>
    private static async Task<ScoreChangeQuery> AskedAsync(V1.ExplainScoreChangeRequest request)
    {
        await using var front = await Front.StartAsync();
        ScoreChangeQuery? asked = null;
        front.Backend.OnChange = query =>
        {
            asked = query;
            return Past.Change;
        };
        await Past.Client(front).ExplainScoreChangeAsync(request, cancellationToken: Token);
        return asked!;
    }
}
