using Grpc.Core;
using Scoring.Core.Evaluation;
using Scoring.Core.Time;

namespace Scoring.Server.Tests.Evaluation;

/// <summary>An evaluation of two models, as a backend tells of it.</summary>
internal static class Evaluations
{
    public static ModelEvaluation OfTwo { get; } =
        new(
            [new(Instant.From(Front.Now) - TimeSpan.FromDays(30), 200, 50, 3, 7)],
            [
                new EvaluatedModel
                {
                    Name = "engagement",
                    Version = 4,
                    Area = new(0.75, 0.001, 0.7, 0.8),
                    Gaps = [EvidenceGap.TooFewHappened, EvidenceGap.IntervalTooWide],
                    AveragePrecision = 0.5,
                    Lifts = [new(20, 12.5, 2.5, 0.25)],
                    Calibration = new(0.125, 0.375, [new(20, 0.25, 0.5)]),
                    BaseLogLoss = 0.5,
                    Lead = new(50, 20, TimeSpan.FromDays(12), TimeSpan.FromDays(6), TimeSpan.FromDays(20)),
                    CutOffs = [new(0.75, 0.001, 0.7, 0.8)],
                },
                new EvaluatedModel
                {
                    Name = "trial",
                    Version = 0,
                    Lead = new(0, 0, null, null, null),
                    CutOffs = [null],
                },
            ],
            new(0.0625, 0.0001, 0.05, 0.075, 0.03),
            [
                new(EvaluationWarningKind.OnlyAfterOutcome, 0, "refund", 12),
                new(EvaluationWarningKind.LeavesOutLateEvents, null, "", 900),
            ]
        );

    public static V1.HistoryService.HistoryServiceClient Client(Front front) => new(front.Channel);

    /// <summary>What a question is refused with.</summary>
    public static async Task<CallFailure> FailAsync(Front front, V1.EvaluateScoringModelRequest request) =>
        CallFailure.Of(
            await Assert.ThrowsAsync<RpcException>(async () =>
                await Client(front)
                    .EvaluateScoringModelAsync(request, cancellationToken: TestContext.Current.CancellationToken)
            )
        );
}
