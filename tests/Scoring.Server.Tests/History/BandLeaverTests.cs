using System.Net;
using System.Text.Json;
using Grpc.Core;
using Scoring.Core;
using Scoring.Core.Segments;

namespace Scoring.Server.Tests.History;

/// <summary>Who in a segment will leave a band, by gRPC and by REST.</summary>
public sealed class BandLeaverTests
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private static readonly BandLeavers Leavers = new(
        "engagement",
        4,
        "power_user",
        Past.Now,
        new()
        {
            InBand = 12,
            Leaving = 3,
            Soonest = [new("ada", "acme", 81.5, Past.Now + Day, "engaged")],
        }
    );

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Those_who_leave_are_given_with_when_and_for_which_band_and_how_many_there_are()
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnLeavers = _ => Leavers;

        var answer = await Past.Client(front).ListBandLeaversAsync(new(), cancellationToken: Token);

        Assert.Equal(
            new V1.ListBandLeaversResponse
            {
                ModelName = "engagement",
                ModelVersion = 4,
                Band = "power_user",
                ReadTime = Past.At(Past.Now),
                Until = Past.At(Past.Now + (14 * Day)),
                CustomerCount = 12,
                LeavingCount = 3,
                Leavers =
                {
                    new V1.BandLeaver
                    {
                        CustomerId = "ada",
                        AccountId = "acme",
                        Score = 81.5,
                        Time = Past.At(Past.Now + Day),
                        NextBand = "engaged",
                    },
                },
            },
            answer
        );
    }

    [Fact]
    public async Task Everything_that_is_asked_for_reaches_the_backend()
    {
        var all = await AskedAsync(
            new()
            {
                Workspace = "trial",
                Model = "adoption",
                ModelVersion = 3,
                Filter = "plan = pro",
                Band = "engaged",
                Until = Past.At("2026-06-01T00:00:00Z"),
                Count = 1_000,
            }
        );
        var least = await AskedAsync(new());

        Assert.Equal(("trial", "adoption@3", "engaged", 1_000), (all.Workspace, all.Model, all.Band, all.Count));
        Assert.Equal([new("plan", "pro")], all.Filter.Clauses!);
        Assert.Equal(Past.Midnight("2026-06-01"), all.Until);
        Assert.Equal(("default", "", "", 50), (least.Workspace, least.Model, least.Band, least.Count));
        Assert.Equal(Past.Now + (14 * Day), least.Until);
    }

    [Theory]
    [InlineData("""{ "model": "churn@2" }""", "model", "model_version")]
    [InlineData("""{ "filter": "plan =" }""", "filter", "column")]
    [InlineData("""{ "band": "a\nb" }""", "band", "remove")]
    [InlineData("""{ "segment": "none" }""", "segment", "is no saved segment")]
    [InlineData("""{ "until": "2026-03-02T12:00:00Z" }""", "until", "must lie in the future")]
    [InlineData("""{ "until": "2036-03-02T12:00:00.0000001Z" }""", "until", "at most 10 years")]
    [InlineData("""{ "count": -1 }""", "count", "1 to 1000")]
    [InlineData("""{ "count": 1001 }""", "count", "1 to 1000")]
    public async Task A_bad_question_names_the_field_and_what_it_must_be(string request, string field, string message)
    {
        await using var front = await Front.StartAsync();

        var failure = await Past.FailAsync(front, V1.ListBandLeaversRequest.Parser.ParseJson(request));

        Assert.Equal(StatusCode.InvalidArgument, failure.Code);
        Assert.Equal([field], failure.Fields);
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_band_that_the_model_does_not_have_is_refused_as_the_backend_says()
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnLeavers = _ =>
            throw new ScoringException(ScoringError.InvalidArgument, "No such band.") { Field = "band" };

        var failure = await Past.FailAsync(front, new V1.ListBandLeaversRequest { Band = "none" });

        Assert.Equal((StatusCode.InvalidArgument, "FIELD_INVALID"), (failure.Code, failure.Reason));
        Assert.Equal(["band"], failure.Fields);
    }

    [Fact]
    public async Task An_answer_that_is_larger_than_a_message_may_be_is_refused_with_what_to_ask_for()
    {
        await using var front = await Front.StartAsync(Front.Options with { MaxMessageBytes = 262_144 });
        var leaver = new BandLeaver(new string('c', 256), new string('a', 256), 1, Past.Now + Day, "low");
        front.Backend.OnLeavers = _ =>
            Leavers with
            {
                Tally = new() { Soonest = [.. Enumerable.Repeat(leaver, 1_000)] },
            };

        var failure = await Past.FailAsync(front, new V1.ListBandLeaversRequest());

        Assert.Equal((StatusCode.InvalidArgument, "ANSWER_TOO_LARGE"), (failure.Code, failure.Reason));
        Assert.Equal(["count"], failure.Fields);
    }

    [Theory]
    [InlineData("/v1/customers:bandLeavers", "default")]
    [InlineData("/v1/workspaces/trial/customers:bandLeavers", "trial")]
    public async Task Those_who_leave_are_read_by_their_route(string path, string workspace)
    {
        await using var front = await Front.StartAsync();
        BandLeaverQuery? asked = null;
        front.Backend.OnLeavers = query =>
        {
            asked = query;
            return Leavers;
        };

        using var answer = await front.Http.GetAsync($"{path}?band=engaged&count=3", Token);
        using var bad = await front.Http.GetAsync($"{path}?count=-1", Token);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.BadRequest), (answer.StatusCode, bad.StatusCode));
        Assert.Equal((workspace, "engaged", 3), (asked!.Workspace, asked.Band, asked.Count));
        var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Token)).RootElement;
        Assert.Equal("engaged", json.GetProperty("leavers")[0].GetProperty("nextBand").GetString());
    }

    /// <summary>What the backend is asked.</summary>
    private static async Task<BandLeaverQuery> AskedAsync(V1.ListBandLeaversRequest request)
    {
        await using var front = await Front.StartAsync();
        BandLeaverQuery? asked = null;
        front.Backend.OnLeavers = query =>
        {
            asked = query;
            return Leavers;
        };
        await Past.Client(front).ListBandLeaversAsync(request, cancellationToken: Token);
        return asked!;
    }
}
