using System.Net;
using System.Text.Json;
using Grpc.Core;
using Scoring.Core;
using Scoring.Core.Filters;
using Scoring.Core.History;

namespace Scoring.Server.Tests.History;

/// <summary>Whose scores moved most in a segment, by gRPC and by REST.</summary>
public sealed class MoversTests
{
    private static readonly ScoreChange Fell = new(
        "bob",
        Past.Score(Past.Before, 50),
        Past.Score(Past.Now, 40) with
        {
            AccountId = "acme",
            Band = "churn_risk",
        },
        [
            .. Enumerable
                .Range(1, 7)
                .Select(i => new ScoreChangePart(ScoreChangeKind.Attributes, null, $"k{i}", 0, -i)),
            new(ScoreChangeKind.Decay, null, "login", 0, -9_999_972),
        ]
    );

    private static readonly SegmentMovers Movers = new(
        "engagement",
        4,
        new()
        {
            Groups = [new(10, 0, 0), new(2, 0, 0), new(3, 0, 0), new(4, 0, 0), new(1, 0, 0)],
            Rose = 5,
            Fell = 6,
        },
        [Past.Change],
        [Fell]
    );

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Movers_are_given_with_both_scores_and_why_and_how_many_there_are()
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnMovers = _ => Movers;

        var answer = await Past.Client(front)
            .ListMoversAsync(new() { StartTime = Past.At(Past.Before) }, cancellationToken: Token);

        Assert.Equal(("engagement", 4), (answer.ModelName, answer.ModelVersion));
        Assert.Equal((Past.At(Past.Before), Past.At(Past.Now)), (answer.StartTime, answer.EndTime));
        Assert.Equal(
            (15, 5, 6, 1, 3),
            (answer.CustomerCount, answer.RoseCount, answer.FellCount, answer.UnchangedCount, answer.NewCount)
        );
        Assert.Equal((2, 5), (answer.JoinedCount, answer.LeftCount));
        var ada = Assert.Single(answer.Risers);
        Assert.Equal(
            ("ada", "", 40.5, "disengaged", 43.25, "disengaged", 2.75, 2_750_000),
            (
                ada.CustomerId,
                ada.AccountId,
                ada.FromScore,
                ada.FromBand,
                ada.ToScore,
                ada.ToBand,
                ada.Difference,
                ada.DifferenceMicros
            )
        );
        Assert.Equal(
            [(V1.ScoreChangeKind.Events, "login", 8_400_000), (V1.ScoreChangeKind.Limit, "depth", -5_650_000)],
            ada.Parts.Select(part => (part.Kind, part.Subject, part.ScoreMicros))
        );
        Assert.Equal((0, "depth"), (ada.OtherMicros, ada.Parts[0].Term.Dimension));
    }

    [Fact]
    public async Task Of_many_parts_the_5_largest_are_told_and_what_the_others_add_together()
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnMovers = _ => Movers;

        var answer = await Past.Client(front)
            .ListMoversAsync(new() { StartTime = Past.At(Past.Before) }, cancellationToken: Token);

        var bob = Assert.Single(answer.Fallers);
        Assert.Equal(
            ("bob", "acme", "churn_risk", -10_000_000),
            (bob.CustomerId, bob.AccountId, bob.ToBand, bob.DifferenceMicros)
        );
        Assert.Equal(["login", "k7", "k6", "k5", "k4"], bob.Parts.Select(part => part.Subject));
        Assert.Equal(-6, bob.OtherMicros);
        Assert.Equal(bob.DifferenceMicros, bob.OtherMicros + bob.Parts.Sum(part => part.ScoreMicros));
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
                StartTime = Past.At("2026-02-01T00:00:00Z"),
                EndTime = Past.At("2026-02-16T00:00:00Z"),
                KnownAt = Past.At("2026-02-10T00:00:00Z"),
                Count = 100,
            }
        );
        var least = await AskedAsync(new() { StartTime = Past.At("2026-02-01T00:00:00Z") });

        Assert.Equal(("trial", "adoption@3", 100), (all.Workspace, all.Model, all.Movers));
        Assert.Equal([new("plan", "pro")], all.Filter.Clauses!);
        Assert.Equal(
            (Past.Midnight("2026-02-01"), Past.Midnight("2026-02-16"), Past.Midnight("2026-02-10")),
            (all.From, all.To, all.KnownAt)
        );
        Assert.Equal(("default", "", 10), (least.Workspace, least.Model, least.Movers));
        Assert.Empty(least.Filter.Clauses!);
        Assert.Equal((Past.Midnight("2026-02-01"), Past.Now, null), (least.From, least.To, least.KnownAt));
    }

    [Fact]
    public async Task A_saved_segment_is_asked_for_by_its_filter_together_with_that_of_the_question()
    {
        await using var front = await Front.StartAsync();
        SegmentChangeQuery? asked = null;
        front.Backend.OnMovers = query =>
        {
            asked = query;
            return Movers;
        };
        await new V1.SegmentService.SegmentServiceClient(front.Channel).PutSegmentAsync(
            new()
            {
                Segment = new() { Name = "trials", Filter = "plan = trial" },
            },
            cancellationToken: Token
        );

        await Past.Client(front)
            .ListMoversAsync(
                new()
                {
                    Segment = "trials",
                    Filter = "country = US",
                    StartTime = Past.At(Past.Before),
                },
                cancellationToken: Token
            );

        var tests = asked!.Filter.Condition.Tests().Cast<Condition.TextTest>();
        Assert.Equal([("country", "US"), ("plan", "trial")], tests.Select(test => (test.Key, test.Values[0])));
    }

    [Theory]
    [InlineData("""{ }""", "start_time", "required")]
    [InlineData("""{ "model": "churn@2" }""", "model", "model_version")]
    [InlineData("""{ "modelVersion": -1 }""", "model_version", "from 1")]
    [InlineData("""{ "startTime": "2026-01-01T00:00:00Z", "filter": "plan =" }""", "filter", "column")]
    [InlineData("""{ "startTime": "2026-01-01T00:00:00Z", "segment": "none" }""", "segment", "is no saved segment")]
    [InlineData("""{ "count": -1 }""", "count", "1 to 100")]
    [InlineData("""{ "count": 101 }""", "count", "1 to 100")]
    [InlineData("""{ "startTime": "1969-12-31T23:59:59Z" }""", "start_time", "1970")]
    [InlineData("""{ "startTime": "2026-03-02T12:05:01Z" }""", "start_time", "future")]
    [InlineData("""{ "startTime": "2026-01-01T00:00:00Z", "endTime": "2026-03-02T12:05:01Z" }""", "end_time", "future")]
    [InlineData("""{ "startTime": "2026-01-01T00:00:00Z", "knownAt": "2026-03-02T12:05:01Z" }""", "known_at", "future")]
    [InlineData(
        """{ "startTime": "2026-01-01T00:00:00Z", "endTime": "2026-01-01T00:00:00Z" }""",
        "start_time",
        "must lie before end_time"
    )]
    public async Task A_bad_question_names_the_field_and_what_it_must_be(string request, string field, string message)
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnMovers = _ => Movers;

        var failure = await Past.FailAsync(front, V1.ListMoversRequest.Parser.ParseJson(request));

        Assert.Equal(StatusCode.InvalidArgument, failure.Code);
        Assert.Equal([field], failure.Fields);
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "start_time")]
    [InlineData("2025-01-01T00:00:00Z", "known_at")]
    public async Task What_is_not_kept_is_refused_by_the_field_that_asks_for_it(string knownAt, string field)
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnMovers = _ =>
            throw new ScoringException(ScoringError.BeforeHistory, "Too early.")
            {
                Field = "read_time",
                Subject = "2026-02-20T00:00:00.0000000Z",
            };

        var failure = await Past.FailAsync(
            front,
            new V1.ListMoversRequest
            {
                StartTime = Past.At(Past.Before),
                KnownAt = knownAt.Length == 0 ? null : Past.At(knownAt),
            }
        );

        Assert.Equal((StatusCode.OutOfRange, "BEFORE_HISTORY"), (failure.Code, failure.Reason));
        Assert.Equal([field], failure.Fields);
    }

    [Fact]
    public async Task An_answer_that_is_larger_than_a_message_may_be_is_refused_with_what_to_ask_for()
    {
        await using var front = await Front.StartAsync(Front.Options with { MaxMessageBytes = 262_144 });
        front.Backend.OnMovers = _ => Movers with { Fallers = [.. Enumerable.Repeat(Fell, 4_000)] };

        var failure = await Past.FailAsync(front, new V1.ListMoversRequest { StartTime = Past.At(Past.Before) });

        Assert.Equal((StatusCode.InvalidArgument, "ANSWER_TOO_LARGE"), (failure.Code, failure.Reason));
        Assert.Equal(["count"], failure.Fields);
    }

    [Theory]
    [InlineData("/v1/customers:movers", "default")]
    [InlineData("/v1/workspaces/trial/customers:movers", "trial")]
    public async Task Movers_are_read_by_their_route(string path, string workspace)
    {
        await using var front = await Front.StartAsync();
        SegmentChangeQuery? asked = null;
        front.Backend.OnMovers = query =>
        {
            asked = query;
            return Movers;
        };

        using var answer = await front.Http.GetAsync(
            $"{path}?start_time=2026-02-01T00:00:00Z&filter=plan%20%3D%20pro&count=3",
            Token
        );
        using var bad = await front.Http.GetAsync(path, Token);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.BadRequest), (answer.StatusCode, bad.StatusCode));
        Assert.Equal((workspace, Past.Midnight("2026-02-01"), 3), (asked!.Workspace, asked.From, asked.Movers));
        Assert.Equal([new("plan", "pro")], asked.Filter.Clauses!);
        var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Token)).RootElement;
        Assert.Equal("15", json.GetProperty("customerCount").GetString());
        Assert.Equal("bob", json.GetProperty("fallers")[0].GetProperty("customerId").GetString());
    }

    /// <summary>What the backend is asked.</summary>
    private static async Task<SegmentChangeQuery> AskedAsync(V1.ListMoversRequest request)
    {
        await using var front = await Front.StartAsync();
        SegmentChangeQuery? asked = null;
        front.Backend.OnMovers = query =>
        {
            asked = query;
            return Movers;
        };
        await Past.Client(front).ListMoversAsync(request, cancellationToken: Token);
        return asked!;
    }
}
