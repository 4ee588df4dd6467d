using Google.Protobuf.WellKnownTypes;
using Scoring.Core.Evaluation;
using Scoring.Core.Time;

namespace Scoring.Server.Tests.Evaluation;

/// <summary>What is asked of the backend when a model is to be judged, and what may be asked.</summary>
public sealed class EvaluationQuestionTests
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;
    private static readonly Instant Now = Instant.From(Front.Now);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    [Fact]
    public async Task A_question_that_names_the_outcome_alone_asks_for_six_horizons_of_30_days_up_to_now()
    {
        var query = await AskedAsync(With(new() { SilenceDays = 14 }));

        Assert.Equal(("default", "", null, null), (query.Workspace, query.Model, query.Other, query.Candidate));
        Assert.Equal(new OutcomeRule.OfSilence(14), query.Outcome);
        Assert.Equal(30 * Day, query.Horizon);
        Assert.Equal(Enumerable.Range(1, 6).Reverse().Select(i => Now - (i * 30 * Day)), query.CutOffs);
        Assert.False(query.HighScoresExpectIt || query.AsUnderstoodNow);
    }

    [Fact]
    public async Task Everything_that_is_asked_for_reaches_the_backend()
    {
        var last = Now - (20 * Day);
        var request = With(
            new()
            {
                Attribute = new() { Key = "plan", Value = "none" },
            }
        );
        request.Workspace = "trial";
        request.Model = "adoption";
        request.ModelVersion = 3;
        request.Against = "engagement";
        request.AgainstVersion = 2;
        request.Filter = "plan = pro";
        request.HorizonDays = 10;
        request.CutOffCount = 2;
        request.CutOffIntervalDays = 5;
        request.LastCutOff = Timestamp.FromDateTimeOffset(last.ToDateTimeOffset());
        request.HighScoresExpectIt = true;
        request.AsUnderstoodNow = true;

        var query = await AskedAsync(request);

        Assert.Equal(("trial", "adoption@3", "engagement@2"), (query.Workspace, query.Model, query.Other));
        Assert.Equal([new("plan", "pro")], query.Filter.Clauses!);
        Assert.Equal(new OutcomeRule.OfAttribute("plan", "none"), query.Outcome);
        Assert.Equal([last - (5 * Day), last], query.CutOffs);
        Assert.Equal(10 * Day, query.Horizon);
        Assert.True(query.HighScoresExpectIt && query.AsUnderstoodNow);
    }

    [Fact]
    public async Task A_list_says_to_whom_it_happened_and_when()
    {
        var at = Timestamp.FromDateTimeOffset(Front.Now);

        var query = await AskedAsync(With(ListOf(("ada", at), ("bob", at))));

        var list = Assert.IsType<OutcomeRule.OfList>(query.Outcome);
        Assert.Equal([new("ada", Now), new("bob", Now)], list.Customers.OrderBy(customer => customer.Key));
    }

    [Fact]
    public async Task What_is_wrong_is_refused_by_its_field()
    {
        var good = new V1.OutcomeRule { SilenceDays = 5 };
        var at = Timestamp.FromDateTimeOffset(Front.Now);
        (string Field, V1.EvaluateScoringModelRequest Request)[] wrong =
        [
            ("outcome", new()),
            ("outcome", With(new())),
            ("outcome.silence_days", With(new() { SilenceDays = 0 })),
            ("outcome.silence_days", With(new() { SilenceDays = 731 })),
            ("outcome.event.event_type", With(new() { Event = new() })),
            ("outcome.attribute.key", With(new() { Attribute = new() { Value = "x" } })),
            ("outcome.attribute.value", With(new() { Attribute = new() { Key = "x" } })),
            ("outcome.list.customers", With(new() { List = new() })),
            ("outcome.list.customers[0].customer_id", With(ListOf(("", at)))),
            ("outcome.list.customers[1].time", With(ListOf(("a", at), ("b", null)))),
            ("outcome.list.customers[1].customer_id", With(ListOf(("a", at), ("a", at)))),
            ("horizon_days", With(good, request => request.HorizonDays = -1)),
            ("horizon_days", With(good, request => request.HorizonDays = 731)),
            ("cut_off_count", With(good, request => request.CutOffCount = 61)),
            ("cut_off_count", With(good, request => request.CutOffCount = -1)),
            ("cut_off_interval_days", With(good, request => request.CutOffIntervalDays = -3)),
            ("last_cut_off", With(good, request => request.LastCutOff = at)),
            ("model_version", With(good, request => request.ModelVersion = -1)),
            ("against_version", With(good, request => request.AgainstVersion = 2)),
            ("candidate.name", With(good, request => request.Candidate = new())),
        ];
        await using var front = await Front.StartAsync();
        foreach (var (field, request) in wrong)
        {
            Assert.Contains(field, (await Evaluations.FailAsync(front, request)).Fields);
        }
    }

    private static V1.EvaluateScoringModelRequest With(
        V1.OutcomeRule outcome,
        Action<V1.EvaluateScoringModelRequest>? change = null
    )
    {
        var request = new V1.EvaluateScoringModelRequest { Outcome = outcome };
        change?.Invoke(request);
        return request;
    }

    private static V1.OutcomeRule ListOf(params (string Id, Timestamp? Time)[] customers) =>
        new()
        {
            List = new()
            {
                Customers = { customers.Select(of => new V1.OutcomeOfCustomer { CustomerId = of.Id, Time = of.Time }) },
            },
        };

    private static async Task<EvaluationQuery> AskedAsync(V1.EvaluateScoringModelRequest request)
    {
        await using var front = await Front.StartAsync();
        EvaluationQuery? asked = null;
        front.Backend.OnEvaluation = (query, _) =>
        {
            asked = query;
            return Evaluations.OfTwo;
        };
        await Evaluations.Client(front).EvaluateScoringModelAsync(request, cancellationToken: Token);
        return asked!;
    }
}
