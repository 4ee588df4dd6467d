using System.Net;
using System.Text.Json;
using Grpc.Core;
using Scoring.Core.History;
using Scoring.Core.Scores;
using Scoring.Core.Time;

namespace Scoring.Server.Tests.History;

/// <summary>What becomes of a customer's score, by gRPC and by REST.</summary>
public sealed class ScoreProjectionTests
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private static readonly ScoreProjection Falling = new(
        Past.Score(Past.Now, 43.25),
        [new(Past.Now + Day, "churn_risk"), new(Past.Now + (400 * Day), "gone")]
    );

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_projection_is_given_with_the_score_of_now_and_every_change_of_band()
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnProjection = _ => Falling;

        var projection = await Past.Client(front)
            .ProjectScoreAsync(new() { CustomerId = "anon" }, cancellationToken: Token);

        Assert.Equal(("ada", 43.25, 43.25, "disengaged"), Now(projection.Current));
        Assert.Equal(("engagement", 4), (projection.Current.ModelName, projection.Current.ModelVersion));
        Assert.Equal(
            [
                new V1.BandCrossing { Time = Past.At("2026-03-03T12:00:00Z"), Band = "churn_risk" },
                new V1.BandCrossing { Time = Past.At(Past.Now + (400 * Day)), Band = "gone" },
            ],
            projection.Crossings
        );
        Assert.Equal(Past.At(Past.Now + (365 * Day)), projection.Until);

        static (string, double, double, string) Now(V1.CustomerScore of) =>
            (of.CustomerId, of.Score, of.DisplayScore, of.Band);
    }

    [Fact]
    public async Task Everything_that_is_asked_for_reaches_the_backend()
    {
        var all = await AskedAsync(
            new()
            {
                Workspace = "trial",
                CustomerId = "ada",
                Model = "adoption",
                ModelVersion = 3,
                Until = Past.At("2027-01-01T00:00:00.5Z"),
                KeepDays = 30,
                KeepBand = "disengaged",
            }
        );
        var least = await AskedAsync(new() { CustomerId = "ada" });

        var until = Past.Midnight("2027-01-01") + TimeSpan.FromSeconds(0.5);
        Assert.Equal(new("trial", "ada", "adoption@3", until, 30, "disengaged"), all);
        Assert.Equal(new("default", "ada", "", Past.Now + (365 * Day)), least);
    }

    [Fact]
    public async Task What_keeps_the_score_in_a_band_is_told_when_it_is_asked()
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnProjection = query =>
            query.KeepDays == 0
                ? Falling
                : Falling with
                {
                    Keeping = new(
                        "disengaged",
                        Past.Now + (query.KeepDays * Day),
                        IsKept: false,
                        -7.5,
                        [new("purchase", 1, 12.5), new("login", 10_000, 0.25)]
                    ),
                };

        var told = await Past.Client(front)
            .ProjectScoreAsync(new() { CustomerId = "ada", KeepDays = 30 }, cancellationToken: Token);
        var notAsked = await Past.Client(front)
            .ProjectScoreAsync(new() { CustomerId = "ada" }, cancellationToken: Token);
        using var byRoute = await front.Http.GetAsync("/v1/customers/ada:scoreProjection?keep_days=30", Token);

        var expected = new V1.BandKeeping
        {
            Band = "disengaged",
            Until = Past.At("2026-04-01T12:00:00Z"),
            Score = -7.5,
            Options =
            {
                new V1.KeepingEvents
                {
                    EventType = "purchase",
                    EventCount = 1,
                    Score = 12.5,
                },
                new V1.KeepingEvents
                {
                    EventType = "login",
                    EventCount = 10_000,
                    Score = 0.25,
                },
            },
        };
        Assert.Equal(expected, told.Keeping);
        Assert.Null(notAsked.Keeping);
        Assert.Equal(
            expected,
            V1.ScoreProjection.Parser.ParseJson(await byRoute.Content.ReadAsStringAsync(Token)).Keeping
        );
    }

    [Theory]
    [InlineData("2026-03-02T12:00:00.0000001Z")]
    [InlineData("2036-03-02T12:00:00Z")]
    public async Task It_may_be_asked_for_any_instant_of_the_next_10_years(string until)
    {
        var asked = await AskedAsync(new() { CustomerId = "ada", Until = Past.At(until) });

        Assert.Equal(Instant.From(Past.At(until).ToDateTimeOffset()), asked.Until);
    }

    [Theory]
    [InlineData("""{ }""", "customer_id", "required")]
    [InlineData("""{ "customerId": "a\nb" }""", "customer_id", "remove")]
    [InlineData("""{ "customerId": "a", "model": "churn@2" }""", "model", "model_version")]
    [InlineData("""{ "customerId": "a", "modelVersion": -1 }""", "model_version", "from 1")]
    [InlineData("""{ "customerId": "a", "keepDays": -1 }""", "keep_days", "1 to 3650")]
    [InlineData("""{ "customerId": "a", "keepDays": 3651 }""", "keep_days", "1 to 3650")]
    [InlineData("""{ "customerId": "a", "keepBand": "low" }""", "keep_days", "without keep_band")]
    [InlineData("""{ "customerId": "a", "keepDays": 1, "keepBand": "a\nb" }""", "keep_band", "remove")]
    [InlineData("""{ "customerId": "a", "until": "1969-12-31T23:59:59Z" }""", "until", "1970")]
    [InlineData("""{ "customerId": "a", "until": "2026-03-02T12:00:00Z" }""", "until", "must lie in the future")]
    [InlineData("""{ "customerId": "a", "until": "2036-03-02T12:00:00.0000001Z" }""", "until", "at most 10 years")]
    public async Task A_bad_question_names_the_field_and_what_it_must_be(string request, string field, string message)
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnProjection = _ => Falling;

        var failure = await Past.FailAsync(front, V1.ProjectScoreRequest.Parser.ParseJson(request));

        Assert.Equal(StatusCode.InvalidArgument, failure.Code);
        Assert.Equal([field], failure.Fields);
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_not_known_is_not_found()
    {
        await using var front = await Front.StartAsync();

        var failure = await Past.FailAsync(front, new V1.ProjectScoreRequest { CustomerId = "nobody" });

        Assert.Equal((StatusCode.NotFound, "CUSTOMER_NOT_FOUND"), (failure.Code, failure.Reason));
        Assert.Equal("nobody", failure.Metadata["customer_id"]);
    }

    [Fact]
    public async Task An_answer_that_is_larger_than_a_message_may_be_is_refused_with_what_to_ask_for()
    {
        await using var front = await Front.StartAsync(Front.Options with { MaxMessageBytes = 262_144 });
        var crossing = new BandCrossing(Past.Now + Day, new string('b', 64));
        front.Backend.OnProjection = _ => Falling with { Crossings = [.. Enumerable.Repeat(crossing, 4_000)] };

        var failure = await Past.FailAsync(front, new V1.ProjectScoreRequest { CustomerId = "ada" });

        Assert.Equal((StatusCode.InvalidArgument, "ANSWER_TOO_LARGE"), (failure.Code, failure.Reason));
        Assert.Equal(["until"], failure.Fields);
        Assert.Contains("ask for an earlier one", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/customers/ada:scoreProjection", "default")]
    [InlineData("/v1/workspaces/trial/customers/ada:scoreProjection", "trial")]
    public async Task A_projection_is_read_by_its_route(string path, string workspace)
    {
        await using var front = await Front.StartAsync();
        ScoreProjectionQuery? asked = null;
        front.Backend.OnProjection = query =>
        {
            asked = query;
            return Falling;
        };

        using var answer = await front.Http.GetAsync($"{path}?until=2026-06-01T00:00:00Z&model=m", Token);
        using var past = await front.Http.GetAsync($"{path}?until=2026-01-01T00:00:00Z", Token);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.BadRequest), (answer.StatusCode, past.StatusCode));
        Assert.Equal(new(workspace, "ada", "m", Past.Midnight("2026-06-01")), asked);
        var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Token)).RootElement;
        var crossing = json.GetProperty("crossings")[0];
        Assert.Equal(
            ("disengaged", "2026-03-03T12:00:00Z", "churn_risk"),
            (
                json.GetProperty("current").GetProperty("band").GetString(),
                crossing.GetProperty("time").GetString(),
                crossing.GetProperty("band").GetString()
            )
        );
    }

    /// <summary>What the backend is asked.</summary>
    private static async Task<ScoreProjectionQuery> AskedAsync(V1.ProjectScoreRequest request)
    {
        await using var front = await Front.StartAsync();
        ScoreProjectionQuery? asked = null;
        front.Backend.OnProjection = query =>
        {
            asked = query;
            return Falling;
        };
        await Past.Client(front).ProjectScoreAsync(request, cancellationToken: Token);
        return asked!;
    }
}
