using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Scoring.Core.Facts;
using Scoring.Core.History;
using Scoring.Core.Lifecycles;
using Scoring.Core.Models;
using Scoring.Core.Scores;
using Scoring.Core.Segments;
using Scoring.Core.Time;

namespace Scoring.Server.Tests.History;

/// <summary>The past of the customer ada, as a backend tells of it.</summary>
internal static class Past
{
    public static readonly Instant Now = Instant.From(Front.Now);
    public static readonly Instant Before = Now - TimeSpan.FromDays(30);

    public static ScoreHistory History { get; } =
        new(
            "ada",
            "engagement",
            4,
            [
                new(Midnight("2026-03-01"), 112.5, "power_user", Lifecycle.Active, 0, 3_000_000_000),
                new(Now, -3, "churn_risk", Lifecycle.Churned, null, 0),
            ],
            new(-0.5, -1, 0.25)
        );

    public static ScoreChange Change { get; } =
        new(
            "ada",
            Score(Before, 40.5),
            Score(Now, 43.25),
            [
                new(
                    ScoreChangeKind.Events,
                    new EventTerm("login", 7, Measure.Value, 3, 15) { Dimension = "depth" },
                    "login",
                    12,
                    8_400_000
                ),
                new(ScoreChangeKind.Limit, null, "depth", 0, -5_650_000),
            ]
        );

    /// <summary>A segment that had no customers at first.</summary>
    public static SegmentStatistics Nobody { get; } =
        new()
        {
            Customers = 0,
            Percentiles = [],
            Histogram = [],
            Bands = [new("low", 0, null), new("high", 0, null)],
            Lifecycles = [],
            Top = [],
            Bottom = [],
            EventTotals = [],
            ReadTime = Before,
            ModelName = "engagement",
            ModelVersion = 4,
        };

    public static CustomerScore Score(Instant at, double score) =>
        new()
        {
            CustomerId = "ada",
            AccountId = "",
            Attributes = [],
            Points = score,
            Score = score,
            Band = "disengaged",
            Lifecycle = Lifecycle.Active,
            Momentum = null,
            Contributions = [],
            NextBand = null,
            ModelName = "engagement",
            ModelVersion = 4,
            ReadTime = at,
            LastEventTime = null,
        };

    /// <summary>Asks why the score of ada changed from then till now.</summary>
    public static V1.ExplainScoreChangeRequest Question() => new() { CustomerId = "ada", StartTime = At(Before) };

    public static V1.HistoryService.HistoryServiceClient Client(Front front) => new(front.Channel);

    public static async Task<CallFailure> FailAsync(Front front, V1.GetScoreHistoryRequest request) =>
        await FailAsync(token => Client(front).GetScoreHistoryAsync(request, cancellationToken: token).ResponseAsync);

    public static async Task<CallFailure> FailAsync(Front front, V1.ExplainScoreChangeRequest request) =>
        await FailAsync(token =>
            Client(front).ExplainScoreChangeAsync(request, cancellationToken: token).ResponseAsync
        );

    public static async Task<CallFailure> FailAsync(Front front, V1.GetSegmentHistoryRequest request) =>
        await FailAsync(token => Client(front).GetSegmentHistoryAsync(request, cancellationToken: token).ResponseAsync);

    public static async Task<CallFailure> FailAsync(Front front, V1.ListMoversRequest request) =>
        await FailAsync(token => Client(front).ListMoversAsync(request, cancellationToken: token).ResponseAsync);

    public static async Task<CallFailure> FailAsync(Front front, V1.GetAccountHealthHistoryRequest request) =>
        await FailAsync(token =>
            Client(front).GetAccountHealthHistoryAsync(request, cancellationToken: token).ResponseAsync
        );

    public static async Task<CallFailure> FailAsync(Front front, V1.ExplainSegmentChangeRequest request) =>
        await FailAsync(token =>
            Client(front).ExplainSegmentChangeAsync(request, cancellationToken: token).ResponseAsync
        );

    public static async Task<CallFailure> FailAsync(Front front, V1.ExplainAccountHealthChangeRequest request) =>
        await FailAsync(token =>
            Client(front).ExplainAccountHealthChangeAsync(request, cancellationToken: token).ResponseAsync
        );

    public static async Task<CallFailure> FailAsync(Front front, V1.ProjectScoreRequest request) =>
        await FailAsync(token => Client(front).ProjectScoreAsync(request, cancellationToken: token).ResponseAsync);

    public static async Task<CallFailure> FailAsync(Front front, V1.ListBandLeaversRequest request) =>
        await FailAsync(token => Client(front).ListBandLeaversAsync(request, cancellationToken: token).ResponseAsync);

    public static Timestamp At(string time) =>
        Timestamp.FromDateTimeOffset(DateTimeOffset.Parse(time, CultureInfo.InvariantCulture));

    public static Timestamp At(Instant instant) => Timestamp.FromDateTimeOffset(instant.ToDateTimeOffset());

    public static Instant Midnight(string day) => Instant.From(At($"{day}T00:00:00Z").ToDateTimeOffset());

    private static async Task<CallFailure> FailAsync(Func<CancellationToken, Task> call) =>
        CallFailure.Of(await Assert.ThrowsAsync<RpcException>(() => call(TestContext.Current.CancellationToken)));
}
