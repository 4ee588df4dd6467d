using System.Net;
using System.Text.Json;
using Grpc.Core;
using Scoring.Core;
using Scoring.Core.History;
using Scoring.Core.Time;

namespace Scoring.Server.Tests.History;

/// <summary>What a customer's score was, by gRPC and by REST.</summary>
public sealed class ScoreHistoryTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_history_is_given_point_by_point_and_what_is_unknown_is_absent()
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnHistory = _ => Past.History;

        var history = await Past.Client(front)
            .GetScoreHistoryAsync(new() { CustomerId = "anon" }, cancellationToken: Token);

        var expected = new V1.ScoreHistory
        {
            CustomerId = "ada",
            ModelName = "engagement",
            ModelVersion = 4,
            Points =
            {
                new V1.ScorePoint
                {
                    Time = Past.At("2026-03-01T00:00:00Z"),
                    Score = 112.5,
                    DisplayScore = 100,
                    Band = "power_user",
                    Lifecycle = V1.Lifecycle.Active,
                    Momentum = 0,
                    EventCount = 3_000_000_000,
                },
                new V1.ScorePoint
                {
                    Time = Past.At("2026-03-02T12:00:00Z"),
                    Score = -3,
                    DisplayScore = 1,
                    Band = "churn_risk",
                    Lifecycle = V1.Lifecycle.Churned,
                },
            },
            Trend = new V1.ScoreTrend
            {
                SlopePerDay = -0.5,
                LowerBound = -1,
                UpperBound = 0.25,
            },
        };
        Assert.Equal(expected, history);
        Assert.False(history.Points[1].HasMomentum);
    }

    [Fact]
    public async Task Without_points_and_trend_both_are_absent()
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnHistory = _ => Past.History with { Points = [], Trend = null };

        var history = await Past.Client(front)
            .GetScoreHistoryAsync(new() { CustomerId = "ada" }, cancellationToken: Token);

        Assert.Empty(history.Points);
        Assert.Null(history.Trend);
    }

    [Fact]
    public async Task The_longest_history_fits_into_the_smallest_message()
    {
        await using var front = await Front.StartAsync(Front.Options with { MaxMessageBytes = 256 << 10 });
        // A name of a band has at most 64 characters.
        var point = Past.History.Points[0] with
        {
            Time = Past.Now - TimeSpan.FromTicks(1),
            Band = new string('b', 64),
            Momentum = -0.5,
            Events = long.MaxValue,
        };
        front.Backend.OnHistory = _ =>
            Past.History with
            {
                CustomerId = new string('c', Limits.IdBytes),
                Points = [.. Enumerable.Repeat(point, Limits.HistoryPoints)],
            };

        var history = await Past.Client(front)
            .GetScoreHistoryAsync(new() { CustomerId = "ada" }, cancellationToken: Token);

        Assert.Equal(Limits.HistoryPoints, history.Points.Count);
    }

    [Fact]
    public async Task Who_is_not_known_and_what_is_not_kept_have_reasons_of_their_own()
    {
        await using var front = await Front.StartAsync();
        var since = Past.Now - TimeSpan.FromDays(3);

        var unknown = await Past.FailAsync(front, new V1.GetScoreHistoryRequest { CustomerId = "nobody" });
        front.Backend.OnHistory = query =>
        {
            HistoryStart.ThrowIfBefore(query.Times[0], since, "start_time", $"of customer '{query.CustomerId}'");
            return null;
        };
        var early = await Past.FailAsync(front, new V1.GetScoreHistoryRequest { CustomerId = "ada" });

        Assert.Equal((StatusCode.NotFound, "CUSTOMER_NOT_FOUND"), (unknown.Code, unknown.Reason));
        Assert.Equal("nobody", unknown.Metadata["customer_id"]);
        Assert.Equal((StatusCode.OutOfRange, "BEFORE_HISTORY"), (early.Code, early.Reason));
        Assert.Equal(["start_time"], early.Fields);
        Assert.Contains("asks for 2026-02-01T00:00:00.0000000Z", early.Message, StringComparison.Ordinal);
        // What may be asked for instead.
        Assert.Equal(since, Instant.From(Past.At(early.Metadata["kept_since"]).ToDateTimeOffset()));
    }

    [Theory]
    [InlineData("/v1/customers/ada:scoreHistory", "default")]
    [InlineData("/v1/workspaces/trial/customers/ada:scoreHistory", "trial")]
    public async Task A_history_is_read_by_its_route(string path, string workspace)
    {
        await using var front = await Front.StartAsync();
        ScoreHistoryQuery? asked = null;
        front.Backend.OnHistory = query =>
        {
            asked = query;
            return Past.History;
        };

        using var answer = await front.Http.GetAsync(
            $"{path}?start_time=2026-02-01T00:00:00Z&end_time=2026-02-16T00:00:00Z&period=HISTORY_PERIOD_WEEK&known_at=2026-02-10T00:00:00Z&model=m&model_version=2",
            Token
        );
        using var early = await front.Http.GetAsync($"{path}?end_time=2027-01-01T00:00:00Z", Token);
        using var misspelt = await front.Http.GetAsync($"{path}?until=2026-01-01T00:00:00Z", Token);

        var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Token)).RootElement;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal((workspace, "m@2", Past.Midnight("2026-02-10")), (asked!.Workspace, asked.Model, asked.KnownAt));
        Assert.Equal(
            [Past.Midnight("2026-02-02"), Past.Midnight("2026-02-09"), Past.Midnight("2026-02-16")],
            asked.Times
        );
        var point = json.GetProperty("points")[0];
        Assert.Equal(
            ("2026-03-01T00:00:00Z", "power_user", "LIFECYCLE_ACTIVE", "3000000000"),
            (
                point.GetProperty("time").GetString(),
                point.GetProperty("band").GetString(),
                point.GetProperty("lifecycle").GetString(),
                point.GetProperty("eventCount").GetString()
            )
        );
        Assert.Equal(HttpStatusCode.BadRequest, early.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, misspelt.StatusCode);
    }
}
