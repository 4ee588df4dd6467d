using System.Net;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Scoring.Core.Facts;
using Scoring.Core.History;
using Scoring.Core.Models;

namespace Scoring.Server.Tests.History;

/// <summary>Why a customer's score changed, by gRPC and by REST.</summary>
public sealed class ScoreChangeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_change_is_given_with_both_scores_and_parts_that_add_up()
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnChange = _ => Past.Change;

        var change = await Past.Client(front).ExplainScoreChangeAsync(Past.Question(), cancellationToken: Token);

        Assert.Equal(("ada", 40.5, 43.25), (change.CustomerId, change.From.Score, change.To.Score));
        Assert.Equal(
            (Timestamp.FromDateTimeOffset(Front.Now), "engagement", 4),
            (change.To.ReadTime, change.To.ModelName, change.To.ModelVersion)
        );
        Assert.Equal((2.75, 2_750_000), (change.Difference, change.DifferenceMicros));
        Assert.Equal(change.DifferenceMicros, change.Parts.Sum(part => part.ScoreMicros));
        Assert.Equal(
            new V1.ScoreChangePart
            {
                Kind = V1.ScoreChangeKind.Events,
                Term = new V1.Term
                {
                    EventType = "login",
                    HalfLifeDays = 7,
                    Measure = V1.Measure.Value,
                    Weight = 3,
                    Cap = 15,
                    Dimension = "depth",
                },
                Subject = "login",
                EventCount = 12,
                ScoreMicros = 8_400_000,
                Score = 8.4,
            },
            change.Parts[0]
        );
        Assert.Equal(
            new V1.ScoreChangePart
            {
                Kind = V1.ScoreChangeKind.Limit,
                Subject = "depth",
                ScoreMicros = -5_650_000,
                Score = -5.65,
            },
            change.Parts[1]
        );
    }

    [Fact]
    public async Task Whatever_reason_and_term_a_part_has_is_told()
    {
        await using var front = await Front.StartAsync();
        Term?[] terms =
        [
            null,
            new FeatureTerm(["export"], FeatureMeasure.Distinct, 30, 1),
            new AttributeTerm("plan", ["pro"], [], 1),
            new RecencyTerm([], 7, 1),
            new ActiveDaysTerm(28, 1),
        ];
        var kinds = System.Enum.GetValues<ScoreChangeKind>();
        front.Backend.OnChange = _ =>
            Past.Change with
            {
                Parts = [.. kinds.SelectMany(kind => terms.Select(term => new ScoreChangePart(kind, term, "x", 0, 1)))],
            };

        var change = await Past.Client(front).ExplainScoreChangeAsync(Past.Question(), cancellationToken: Token);

        Assert.Equal(
            kinds.SelectMany(kind => terms.Select(_ => $"{kind}")),
            change.Parts.Select(part => $"{part.Kind}")
        );
        Assert.Equal(
            [
                null,
                V1.Term.KindOneofCase.Feature,
                V1.Term.KindOneofCase.Attribute,
                V1.Term.KindOneofCase.Recency,
                V1.Term.KindOneofCase.ActiveDays,
            ],
            change.Parts.Take(terms.Length).Select(part => part.Term?.KindCase)
        );
    }

    [Fact]
    public async Task A_customer_that_was_not_known_at_first_has_no_score_then()
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnChange = _ => Past.Change with { From = null };

        var change = await Past.Client(front).ExplainScoreChangeAsync(Past.Question(), cancellationToken: Token);

        Assert.Null(change.From);
        Assert.Equal((43.25, 43_250_000), (change.Difference, change.DifferenceMicros));
    }

    [Fact]
    public async Task Each_score_is_rounded_to_millionths_before_the_difference_is_taken()
    {
        await using var front = await Front.StartAsync();
        // 0.6 and 1.4 millionths, which are 1 millionth each; their difference rounded would be 1.
        front.Backend.OnChange = _ =>
            Past.Change with
            {
                From = Past.Score(Past.Before, 0.6e-6),
                To = Past.Score(Past.Now, 1.4e-6),
                Parts = [],
            };

        var change = await Past.Client(front).ExplainScoreChangeAsync(Past.Question(), cancellationToken: Token);

        Assert.Equal((0d, 0), (change.Difference, change.DifferenceMicros));
    }

    [Fact]
    public async Task Who_is_not_known_now_or_was_not_then_is_not_found()
    {
        await using var front = await Front.StartAsync();
        var then = Past.Question();
        then.EndTime = Timestamp.FromDateTimeOffset(Front.Now.AddDays(-3));

        var now = await Past.FailAsync(front, Past.Question());
        var before = await Past.FailAsync(front, then);

        foreach (var failure in new[] { now, before })
        {
            Assert.Equal((StatusCode.NotFound, "CUSTOMER_NOT_FOUND"), (failure.Code, failure.Reason));
            Assert.Equal("ada", failure.Metadata["customer_id"]);
        }
        Assert.StartsWith("Nothing is known of customer 'ada'", now.Message, StringComparison.Ordinal);
        Assert.Contains(
            "at 2026-02-27T12:00:00.0000000Z. Ask for a later end_time",
            before.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task What_is_not_kept_is_out_of_range()
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnChange = query =>
        {
            HistoryStart.ThrowIfBefore(query.From, Past.Now, "start_time", $"of customer '{query.CustomerId}'");
            return null;
        };

        var failure = await Past.FailAsync(front, Past.Question());

        Assert.Equal((StatusCode.OutOfRange, "BEFORE_HISTORY"), (failure.Code, failure.Reason));
        Assert.Equal(["start_time"], failure.Fields);
    }

    [Fact]
    public async Task An_answer_that_is_larger_than_a_message_may_be_is_refused_with_what_to_ask_for()
    {
        await using var front = await Front.StartAsync(Front.Options with { MaxMessageBytes = 262_144 });
        var term = new EventTerm(new string('t', 128), 7, Measure.Count, 1);
        front.Backend.OnChange = _ =>
            Past.Change with
            {
                Parts =
                [
                    .. Enumerable
                        .Range(0, 1_000)
                        .Select(_ => new ScoreChangePart(ScoreChangeKind.Events, term, term.EventType, 1, 1)),
                ],
            };

        var failure = await Past.FailAsync(front, Past.Question());

        Assert.Equal((StatusCode.InvalidArgument, "ANSWER_TOO_LARGE"), (failure.Code, failure.Reason));
        Assert.Equal(["start_time"], failure.Fields);
        Assert.Contains("ask for a later start_time", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/customers/ada:scoreChange", "default")]
    [InlineData("/v1/workspaces/trial/customers/ada:scoreChange", "trial")]
    public async Task A_change_is_read_by_its_route(string path, string workspace)
    {
        await using var front = await Front.StartAsync();
        ScoreChangeQuery? asked = null;
        front.Backend.OnChange = query =>
        {
            asked = query;
            return Past.Change;
        };

        using var answer = await front.Http.GetAsync($"{path}?start_time=2026-02-01T00:00:00Z&model=m", Token);
        using var without = await front.Http.GetAsync(path, Token);

        var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Token)).RootElement;
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.BadRequest), (answer.StatusCode, without.StatusCode));
        Assert.Equal((workspace, "m", Past.Now), (asked!.Workspace, asked.Model, asked.To));
        Assert.Equal("2750000", json.GetProperty("differenceMicros").GetString());
        var part = json.GetProperty("parts")[0];
        Assert.Equal(
            ("SCORE_CHANGE_KIND_EVENTS", "login", "12", "8400000", 8.4),
            (
                part.GetProperty("kind").GetString(),
                part.GetProperty("term").GetProperty("eventType").GetString(),
                part.GetProperty("eventCount").GetString(),
                part.GetProperty("scoreMicros").GetString(),
                part.GetProperty("score").GetDouble()
            )
        );
    }
}
