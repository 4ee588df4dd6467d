using System.Net;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Scoring.Core;
using Scoring.Core.Evaluation;
using Scoring.Core.Models;
using Scoring.Core.Time;

namespace Scoring.Server.Tests.Evaluation;

/// <summary>What is asked and answered when weights are proposed.</summary>
public sealed class ProposalTests
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    private static readonly V1.ProposeScoringModelRequest OfSilence = new() { Outcome = new() { SilenceDays = 30 } };

    private static ScoringModel Draft { get; } =
        new()
        {
            Name = "engagement",
            Terms = [new ActiveDaysTerm(30, 1.25), new ActiveDaysTerm(7, 0)],
            TargetPoints = 50,
            Bands =
            [
                new("low", "", Engagement.NotEngaged, 10, false),
                new("high", "", Engagement.Engaged, null, false),
            ],
        };

    private static WeightProposal Proposal { get; } =
        new()
        {
            Draft = Draft,
            Weights = [new(ProposedWeightKind.Fitted, 1, 1.25, 0.5, 4), new(ProposedWeightKind.Dropped, 2, 0, 0, 3)],
            Ridge = 100,
            Outcomes = 130,
            NeededOutcomes = 20,
            Taught = [new(Instant.From(Front.Now) - TimeSpan.FromDays(90), 180, 40, 2, 1)],
            Evaluation = Evaluations.OfTwo,
            Bands = [new("low", 0.25, 0.5), new("high", 0.75, 0.5)],
        };

    [Fact]
    public async Task Everything_that_the_backend_proposes_is_answered()
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnProposal = _ => Proposal;

        var answer = await Evaluations.Client(front).ProposeScoringModelAsync(OfSilence, cancellationToken: Token);

        Assert.Equal(("engagement", 0, ""), (answer.Draft.Name, answer.Draft.Version, answer.Draft.Etag));
        Assert.Equal([1.25, 0], answer.Draft.Terms.Select(term => term.Weight));
        Assert.Equal(
            new V1.ProposedWeight
            {
                Kind = V1.ProposedWeightKind.Fitted,
                BaseWeight = 1,
                Weight = 1.25,
                Coefficient = 0.5,
                Deviation = 4,
            },
            answer.Weights[0]
        );
        Assert.Equal(V1.ProposedWeightKind.Dropped, answer.Weights[1].Kind);
        Assert.Equal((100, 130, 20), (answer.Penalty, answer.OutcomeCount, answer.NeededOutcomeCount));
        Assert.Equal((180, 40), (answer.TaughtCutOffs[0].CustomerCount, answer.TaughtCutOffs[0].HappenedCount));
        Assert.Equal(0.03, answer.Evaluation.Difference.PValue);
        Assert.Equal(["engagement", "trial"], answer.Evaluation.Models.Select(model => model.ModelName));
        Assert.Equal([("low", 0.25, 0.5), ("high", 0.75, 0.5)], answer.Bands.Select(Shares));
        Assert.Empty(answer.Gaps);

        static (string, double, double) Shares(V1.ProposedBand band) => (band.Name, band.BaseShare, band.DraftShare);
    }

    [Fact]
    public async Task Where_nothing_is_proposed_it_says_why()
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnProposal = _ =>
            new()
            {
                Gaps = [ProposalGap.TooFewPerWeight, ProposalGap.TooFewToJudge, ProposalGap.NothingTells],
                Outcomes = 13,
                NeededOutcomes = 20,
                Taught = [],
                Evaluation = Evaluations.OfTwo,
            };

        var answer = await Evaluations.Client(front).ProposeScoringModelAsync(OfSilence, cancellationToken: Token);

        Assert.Null(answer.Draft);
        Assert.False(answer.HasPenalty);
        Assert.Equal(
            [V1.ProposalGap.TooFewPerWeight, V1.ProposalGap.TooFewToJudge, V1.ProposalGap.NothingTells],
            answer.Gaps
        );
    }

    [Fact]
    public async Task Unless_said_otherwise_six_cut_offs_a_horizon_apart_are_taken_and_two_of_them_judge()
    {
        var query = await AskedAsync(OfSilence);

        var (now, month) = (Instant.From(Front.Now), TimeSpan.FromDays(30));
        Assert.Equal([.. Enumerable.Range(1, 6).Select(i => now - ((7 - i) * month))], query.Evaluation.CutOffs);
        Assert.Equal((2, 4, false), (query.JudgedCutOffs, query.TaughtCutOffs, query.FreeSigns));
        Assert.Equal(
            ("default", "", null),
            (query.Evaluation.Workspace, query.Evaluation.Model, query.Evaluation.Other)
        );
        Assert.Equal(new OutcomeRule.OfSilence(30), query.Evaluation.Outcome);
    }

    [Fact]
    public async Task All_that_is_asked_reaches_the_backend()
    {
        var last = Instant.From(Front.Now) - TimeSpan.FromDays(20);

        var query = await AskedAsync(
            new()
            {
                Model = "engagement",
                ModelVersion = 3,
                Filter = "plan = pro",
                Outcome = new()
                {
                    Event = new() { EventType = "purchase", CanRecur = true },
                },
                HorizonDays = 14,
                LastCutOff = Timestamp.FromDateTimeOffset(Front.Now.AddDays(-20)),
                CutOffCount = 5,
                CutOffIntervalDays = 7,
                JudgedCutOffCount = 1,
                HighScoresExpectIt = true,
                AsUnderstoodNow = true,
                FreeSigns = true,
            }
        );

        var evaluation = query.Evaluation;
        Assert.Equal("engagement@3", evaluation.Model);
        Assert.Equal([new("plan", "pro")], evaluation.Filter.Clauses!);
        Assert.Equal(new OutcomeRule.OfEvent("purchase", CanRecur: true), evaluation.Outcome);
        Assert.Equal((TimeSpan.FromDays(14), last), (evaluation.Horizon, evaluation.CutOffs[^1]));
        Assert.True(evaluation is { HighScoresExpectIt: true, AsUnderstoodNow: true });
        Assert.Equal(
            (5, 1, 3, true),
            (evaluation.CutOffs.Count, query.JudgedCutOffs, query.TaughtCutOffs, query.FreeSigns)
        );
    }

    [Fact]
    public async Task What_is_wrong_is_refused_by_its_field()
    {
        (string Field, Action<V1.ProposeScoringModelRequest> Change)[] wrong =
        [
            ("outcome", request => request.Outcome = null),
            ("cut_off_count", request => request.CutOffCount = 1),
            ("cut_off_count", request => request.CutOffCount = 61),
            ("judged_cut_off_count", request => request.JudgedCutOffCount = -1),
            ("judged_cut_off_count", request => request.JudgedCutOffCount = 6),
            ("horizon_days", request => request.HorizonDays = 731),
            ("model_version", request => request.ModelVersion = -1),
            ("candidate.name", request => request.Candidate = new()),
            // Ten days before the second part no horizon of 90 is over.
            (
                "cut_off_count",
                request => (request.HorizonDays, request.CutOffCount, request.CutOffIntervalDays) = (90, 2, 10)
            ),
        ];
        await using var front = await Front.StartAsync();
        foreach (var (field, change) in wrong)
        {
            var request = OfSilence.Clone();
            change(request);

            var failure = await FailAsync(front, request);

            Assert.Equal((StatusCode.InvalidArgument, field), (failure.Code, failure.Fields[0]));
        }
    }

    [Fact]
    public async Task A_cut_off_before_the_history_is_refused()
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnProposal = _ =>
            throw new ScoringException(ScoringError.BeforeHistory, "Nothing is kept of that time.")
            {
                Field = "read_time",
            };

        var failure = await FailAsync(front, OfSilence);

        Assert.Equal((StatusCode.OutOfRange, "BEFORE_HISTORY"), (failure.Code, failure.Reason));
        Assert.Equal(["cut_off_count"], failure.Fields);
    }

    [Theory]
    [InlineData("/v1/models:propose", "default")]
    [InlineData("/v1/workspaces/trial/models:propose", "trial")]
    public async Task It_is_asked_for_in_JSON_too(string path, string workspace)
    {
        await using var front = await Front.StartAsync();
        ProposalQuery? asked = null;
        front.Backend.OnProposal = query =>
        {
            asked = query;
            return Proposal;
        };
        using var body = new StringContent("""{ "outcome": { "silenceDays": 60 }, "judgedCutOffCount": 3 }""");
        body.Headers.ContentType = new("application/json");

        using var response = await front.Http.PostAsync(path, body, Token);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal((workspace, 3), (asked!.Evaluation.Workspace, asked.JudgedCutOffs));
        using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token));
        Assert.Equal(
            1.25,
            answer.RootElement.GetProperty("draft").GetProperty("terms")[0].GetProperty("weight").GetDouble()
        );
        Assert.Equal(
            "PROPOSED_WEIGHT_KIND_DROPPED",
            answer.RootElement.GetProperty("weights")[1].GetProperty("kind").GetString()
        );
    }

    private static async Task<ProposalQuery> AskedAsync(V1.ProposeScoringModelRequest request)
    {
        await using var front = await Front.StartAsync();
        ProposalQuery? asked = null;
        front.Backend.OnProposal = query =>
        {
            asked = query;
            return Proposal;
        };
        await Evaluations.Client(front).ProposeScoringModelAsync(request, cancellationToken: Token);
        return asked!;
    }

    private static async Task<CallFailure> FailAsync(Front front, V1.ProposeScoringModelRequest request) =>
        CallFailure.Of(
            await Assert.ThrowsAsync<RpcException>(async () =>
                await Evaluations.Client(front).ProposeScoringModelAsync(request, cancellationToken: Token)
            )
        );
}
