using System.Net;
using System.Text.Json;
using Grpc.Core;
using Scoring.Core;
using Scoring.Core.Facts;
using Scoring.Core.History;
using Scoring.Core.Models;

namespace Scoring.Server.Tests.History;

/// <summary>Why the mean score of a segment changed, by gRPC and by REST.</summary>
public sealed class SegmentChangeTests
{
    private static readonly ScoringModel Model = new()
    {
        Name = "engagement",
        Version = 4,
        Terms = [new EventTerm("login", 7, Measure.Count, 1)],
        TargetPoints = 100,
        Bands = [new("all", "", Engagement.Engaged, null, UpperEndIncluded: false)],
    };

    // Two who stayed, of 10 and 20, now 15 and 22; one of 30 who left; one of 40 who is new.
    private static readonly SegmentChange Change = new(
        Model,
        new()
        {
            Groups =
            [
                new(2, 30_000_000, 37_000_000),
                default,
                new(1, 0, 40_000_000),
                new(1, 30_000_000, 20_000_000),
                default,
            ],
            Parts =
            [
                new(ScoreChangeKind.Events, 0, "login", 2, 8, 9_000_000),
                new(ScoreChangeKind.Limit, -1, "depth", 1, 0, -2_000_000),
            ],
        }
    );

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_change_is_given_by_those_who_stayed_and_those_who_came_and_went()
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnSegmentChange = _ => Change;

        var answer = await Past.Client(front)
            .ExplainSegmentChangeAsync(new() { StartTime = Past.At(Past.Before) }, cancellationToken: Token);

        Assert.Equal(("engagement", 4), (answer.ModelName, answer.ModelVersion));
        Assert.Equal((Past.At(Past.Before), Past.At(Past.Now)), (answer.StartTime, answer.EndTime));
        Assert.Equal((3, 3), (answer.FromCustomerCount, answer.ToCustomerCount));
        Assert.Equal(
            (20_000_000, 25_666_667, 5_666_667, 5.666667),
            (answer.FromMeanMicros, answer.ToMeanMicros, answer.DifferenceMicros, answer.Difference)
        );
        Assert.Equal(
            [
                Group(V1.SegmentChangeGroupKind.Stayed, 2, 3_500_000, 15, 18.5),
                Group(V1.SegmentChangeGroupKind.Joined, 0, 0, null, null),
                Group(V1.SegmentChangeGroupKind.New, 1, 7_166_667, null, 40),
                Group(V1.SegmentChangeGroupKind.Left, 1, -5_000_000, 30, 20),
                Group(V1.SegmentChangeGroupKind.Merged, 0, 0, null, null),
            ],
            answer.Groups
        );
        Assert.Equal(
            [
                (V1.ScoreChangeKind.Events, "login", 2, 8, 4_500_000, 4.5),
                (V1.ScoreChangeKind.Limit, "depth", 1, 0, -1_000_000, -1.0),
            ],
            answer.Parts.Select(part =>
                (part.Kind, part.Subject, part.CustomerCount, part.EventCount, part.MeanMicros, part.Mean)
            )
        );
        Assert.Equal(("login", null), (answer.Parts[0].Term.EventType, answer.Parts[1].Term));
    }

    [Fact]
    public async Task Everything_that_is_asked_for_reaches_the_backend()
    {
        await using var front = await Front.StartAsync();
        SegmentChangeQuery? asked = null;
        front.Backend.OnSegmentChange = query =>
        {
            asked = query;
            return Change;
        };

        await Past.Client(front)
            .ExplainSegmentChangeAsync(
                new()
                {
                    Workspace = "trial",
                    Model = "adoption",
                    ModelVersion = 3,
                    Filter = "plan = pro",
                    StartTime = Past.At("2026-02-01T00:00:00Z"),
                    EndTime = Past.At("2026-02-16T00:00:00Z"),
                    KnownAt = Past.At("2026-02-10T00:00:00Z"),
                },
                cancellationToken: Token
            );

        Assert.Equal(("trial", "adoption@3"), (asked!.Workspace, asked.Model));
        Assert.Equal([new("plan", "pro")], asked.Filter.Clauses!);
        Assert.Equal(
            (Past.Midnight("2026-02-01"), Past.Midnight("2026-02-16"), Past.Midnight("2026-02-10")),
            (asked.From, asked.To, asked.KnownAt)
        );
    }

    [Theory]
    [InlineData("""{ }""", "start_time", "required")]
    [InlineData("""{ "model": "churn@2" }""", "model", "model_version")]
    [InlineData("""{ "startTime": "2026-01-01T00:00:00Z", "filter": "plan =" }""", "filter", "column")]
    [InlineData("""{ "startTime": "2026-01-01T00:00:00Z", "segment": "none" }""", "segment", "is no saved segment")]
    [InlineData(
        """{ "startTime": "2026-01-01T00:00:00Z", "endTime": "2026-01-01T00:00:00Z" }""",
        "start_time",
        "must lie before end_time"
    )]
    public async Task A_bad_question_names_the_field_and_what_it_must_be(string request, string field, string message)
    {
        await using var front = await Front.StartAsync();

        var failure = await Past.FailAsync(front, V1.ExplainSegmentChangeRequest.Parser.ParseJson(request));

        Assert.Equal(StatusCode.InvalidArgument, failure.Code);
        Assert.Equal([field], failure.Fields);
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_kept_is_refused_by_the_field_that_asks_for_it()
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnSegmentChange = _ =>
            throw new ScoringException(ScoringError.BeforeHistory, "Too early.")
            {
                Field = "read_time",
                Subject = "2026-02-20T00:00:00.0000000Z",
            };

        var failure = await Past.FailAsync(
            front,
            new V1.ExplainSegmentChangeRequest { StartTime = Past.At(Past.Before) }
        );

        Assert.Equal((StatusCode.OutOfRange, "BEFORE_HISTORY"), (failure.Code, failure.Reason));
        Assert.Equal(["start_time"], failure.Fields);
    }

    [Fact]
    public async Task An_answer_that_is_larger_than_a_message_may_be_is_refused_with_what_to_ask_for()
    {
        await using var front = await Front.StartAsync(Front.Options with { MaxMessageBytes = 262_144 });
        var parts = Enumerable
            .Range(0, 4_000)
            .Select(i => new SegmentPart(ScoreChangeKind.Attributes, -1, $"{i:D128}", 2, 0, 9_000_000));
        front.Backend.OnSegmentChange = _ =>
            new(
                Model,
                new() { Groups = [new(2, 0, 36_000_000_000), default, default, default, default], Parts = [.. parts] }
            );

        var failure = await Past.FailAsync(
            front,
            new V1.ExplainSegmentChangeRequest { StartTime = Past.At(Past.Before) }
        );

        Assert.Equal((StatusCode.InvalidArgument, "ANSWER_TOO_LARGE"), (failure.Code, failure.Reason));
        Assert.Equal(["start_time"], failure.Fields);
    }

    [Theory]
    [InlineData("/v1/customers:segmentChange", "default")]
    [InlineData("/v1/workspaces/trial/customers:segmentChange", "trial")]
    public async Task A_change_is_read_by_its_route(string path, string workspace)
    {
        await using var front = await Front.StartAsync();
        SegmentChangeQuery? asked = null;
        front.Backend.OnSegmentChange = query =>
        {
            asked = query;
            return Change;
        };

        using var answer = await front.Http.GetAsync($"{path}?start_time=2026-02-01T00:00:00Z", Token);
        using var bad = await front.Http.GetAsync(path, Token);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.BadRequest), (answer.StatusCode, bad.StatusCode));
        Assert.Equal((workspace, Past.Midnight("2026-02-01")), (asked!.Workspace, asked.From));
        var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Token)).RootElement;
        Assert.Equal("5666667", json.GetProperty("differenceMicros").GetString());
        Assert.Equal("SEGMENT_CHANGE_GROUP_KIND_STAYED", json.GetProperty("groups")[0].GetProperty("kind").GetString());
    }

    private static V1.SegmentChangeGroup Group(
        V1.SegmentChangeGroupKind kind,
        long customers,
        long micros,
        double? from,
        double? to
    )
    {
        var group = new V1.SegmentChangeGroup
        {
            Kind = kind,
            CustomerCount = customers,
            MeanMicros = micros,
            Mean = micros / 1e6,
        };
        if (from is { } before)
        {
            group.FromMean = before;
        }
        if (to is { } after)
        {
            group.ToMean = after;
        }
        return group;
    }
}
