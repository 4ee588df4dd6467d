using System.Net;
using System.Text.Json;
using Grpc.Core;
using Scoring.Core;
using Scoring.Core.Evaluation;

namespace Scoring.Server.Tests.Evaluation;

/// <summary>What is answered when a model is judged.</summary>
public sealed class EvaluationTests
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    private static readonly V1.EvaluateScoringModelRequest OfSilence = new() { Outcome = new() { SilenceDays = 30 } };

    [Fact]
    public async Task Everything_that_the_backend_tells_is_answered()
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnEvaluation = (_, _) => Evaluations.OfTwo;

        var answer = await Evaluations.Client(front).EvaluateScoringModelAsync(OfSilence, cancellationToken: Token);

        var cutOff = Assert.Single(answer.CutOffs);
        Assert.Equal(
            (200, 50, 3, 7),
            (cutOff.CustomerCount, cutOff.HappenedCount, cutOff.LeftOutCount, cutOff.LateEventCount)
        );
        var (first, second) = (answer.Models[0], answer.Models[1]);
        Assert.Equal(
            ("engagement", 4, "trial", 0),
            (first.ModelName, first.ModelVersion, second.ModelName, second.ModelVersion)
        );
        Assert.Equal((0.75, 0.7, 0.8), (first.Area.Area, first.Area.LowerBound, first.Area.UpperBound));
        Assert.Equal(first.Area, Assert.Single(first.CutOffs).Area);
        Assert.Equal([V1.EvidenceGap.TooFewHappened, V1.EvidenceGap.IntervalTooWide], first.Gaps);
        Assert.Equal(0.5, first.AveragePrecision);
        Assert.Equal(
            new V1.LiftTenth
            {
                Count = 20,
                HappenedCount = 12.5,
                Lift = 2.5,
                Captured = 0.25,
            },
            Assert.Single(first.Tenths)
        );
        Assert.Equal(
            (0.125, 0.375, 0.5),
            (first.Calibration.Brier, first.Calibration.LogLoss, first.Calibration.BaseLogLoss)
        );
        Assert.Equal(
            new V1.CalibrationBin
            {
                Count = 20,
                Predicted = 0.25,
                Observed = 0.5,
            },
            Assert.Single(first.Calibration.Bins)
        );
        Assert.Equal((50, 20), (first.LeadTime.HappenedCount, first.LeadTime.WarnedCount));
        Assert.Equal(
            [6, 12, 20],
            new[] { first.LeadTime.LowerQuartile, first.LeadTime.Median, first.LeadTime.UpperQuartile }.Select(time =>
                time.ToTimeSpan().TotalDays
            )
        );
        Assert.Null(second.Area);
        Assert.Null(Assert.Single(second.CutOffs).Area);
        Assert.False(second.HasAveragePrecision);
        Assert.Null(second.Calibration);
        Assert.Null(second.LeadTime.Median);
        Assert.Equal(
            (0.0625, 0.05, 0.075, 0.03),
            (
                answer.Difference.Difference,
                answer.Difference.LowerBound,
                answer.Difference.UpperBound,
                answer.Difference.PValue
            )
        );
        Assert.Equal(
            [
                (V1.EvaluationWarningKind.OnlyAfterOutcome, "engagement", "refund", 12),
                (V1.EvaluationWarningKind.LeavesOutLateEvents, "", "", 900),
            ],
            answer.Warnings.Select(warning => (warning.Kind, warning.ModelName, warning.EventType, warning.Count))
        );
    }

    [Fact]
    public async Task Every_kind_of_gap_and_warning_has_its_name_in_the_contract()
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnEvaluation = (_, _) =>
            Evaluations.OfTwo with
            {
                Models =
                [
                    .. Evaluations.OfTwo.Models.Select(model => model with { Gaps = Enum.GetValues<EvidenceGap>() }),
                ],
                Warnings =
                [
                    .. Enum.GetValues<EvaluationWarningKind>().Select(kind => new EvaluationWarning(kind, null, "", 0)),
                ],
            };

        var answer = await Evaluations.Client(front).EvaluateScoringModelAsync(OfSilence, cancellationToken: Token);

        Assert.Equal(Enum.GetNames<EvidenceGap>(), answer.Models[0].Gaps.Select(gap => $"{gap}"));
        Assert.Equal(Enum.GetNames<EvaluationWarningKind>(), answer.Warnings.Select(warning => $"{warning.Kind}"));
    }

    [Fact]
    public async Task A_stream_tells_how_far_it_is_and_then_what_came_of_it()
    {
        await using var front = await Front.StartAsync();
        using var told = new SemaphoreSlim(0);
        front.Backend.EvaluateAsync = async (_, progress, token) =>
        {
            progress!.Report(0.25);
            await told.WaitAsync(token);
            return Evaluations.OfTwo;
        };

        using var call = Evaluations.Client(front).StreamModelEvaluation(OfSilence, cancellationToken: Token);

        Assert.True(await call.ResponseStream.MoveNext(Token));
        Assert.Equal(0.25, call.ResponseStream.Current.Progress);
        told.Release();
        Assert.True(await call.ResponseStream.MoveNext(Token));
        Assert.Equal(2, call.ResponseStream.Current.Evaluation.Models.Count);
        Assert.False(await call.ResponseStream.MoveNext(Token));
    }

    [Fact]
    public async Task Whoever_gives_a_stream_up_ends_the_work()
    {
        await using var front = await Front.StartAsync();
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        front.Backend.EvaluateAsync = async (_, progress, token) =>
        {
            progress!.Report(0.5);
            try
            {
                await Task.Delay(Timeout.Infinite, token);
            }
            finally
            {
                ended.SetResult();
            }
            return Evaluations.OfTwo;
        };
        using var call = Evaluations.Client(front).StreamModelEvaluation(OfSilence, cancellationToken: Token);
        await call.ResponseStream.MoveNext(Token);

        call.Dispose();

        await ended.Task.WaitAsync(Token);
    }

    [Theory]
    [InlineData("/v1/models:evaluate", "default")]
    [InlineData("/v1/workspaces/trial/models:evaluate", "trial")]
    public async Task It_is_asked_for_in_JSON_too(string path, string workspace)
    {
        await using var front = await Front.StartAsync();
        EvaluationQuery? asked = null;
        front.Backend.OnEvaluation = (query, _) =>
        {
            asked = query;
            return Evaluations.OfTwo;
        };
        using var body = new StringContent(
            """{ "outcome": { "event": { "eventType": "purchase", "canRecur": true } }, "horizonDays": 14, "highScoresExpectIt": true }"""
        );
        body.Headers.ContentType = new("application/json");

        using var response = await front.Http.PostAsync(path, body, Token);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(workspace, asked!.Workspace);
        Assert.Equal(new OutcomeRule.OfEvent("purchase", CanRecur: true), asked.Outcome);
        Assert.True(asked.HighScoresExpectIt);
        using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token));
        var model = answer.RootElement.GetProperty("models")[0];
        Assert.Equal(0.75, model.GetProperty("area").GetProperty("area").GetDouble());
        Assert.Equal("EVIDENCE_GAP_TOO_FEW_HAPPENED", model.GetProperty("gaps")[0].GetString());
    }

    [Fact]
    public async Task A_cut_off_before_the_past_that_is_kept_is_refused_by_the_field_that_makes_it_so()
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnEvaluation = (_, _) =>
            throw new ScoringException(ScoringError.BeforeHistory, "read_time asks for what is not kept.")
            {
                Field = "read_time",
                Subject = "2026-01-01",
            };

        var failure = await Evaluations.FailAsync(front, OfSilence);

        Assert.Equal((StatusCode.OutOfRange, "BEFORE_HISTORY"), (failure.Code, failure.Reason));
    }
}
