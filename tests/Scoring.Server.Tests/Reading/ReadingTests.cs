using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Scoring.Core.Accounts;
using Scoring.Core.Facts;
using Scoring.Core.Filters;
using Scoring.Core.Models;
using Scoring.Core.Scores;
using Scoring.Core.Segments;
using Scoring.Core.Time;
using Scoring.Server.Scores;
using Scoring.Server.Segments;

namespace Scoring.Server.Tests.Reading;

public sealed class ReadingTests
{
    private static readonly Instant At = Instant.From(Front.Now);

    private static readonly CustomerScore Known = new()
    {
        CustomerId = "c-1",
        AccountId = "acme",
        Attributes = [new("plan", "pro")],
        Points = 45,
        Score = 112.5,
        Band = "power_user",
        Lifecycle = Scoring.Core.Lifecycles.Lifecycle.Active,
        Momentum = null,
        Contributions = [new Contribution(new EventTerm("purchase", 30, Measure.Value, 3, 15), 20, 45, Capped: true)],
        NextBand = null,
        ModelName = "engagement",
        ModelVersion = 4,
        ReadTime = At,
        LastEventTime = null,
    };

    [Fact]
    public async Task Score_is_given_with_why_and_what_is_unknown_is_absent()
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnScores = _ => [Known];

        var score = await front.CallAsync<V1.GetScoreRequest, V1.CustomerScore>(
            "GetScore",
            new() { CustomerId = "c-1" }
        );

        Assert.Equal(
            ("c-1", "acme", 112.5, 100.0, 45.0),
            (score.CustomerId, score.AccountId, score.Score, score.DisplayScore, score.Points)
        );
        Assert.False(score.HasMomentum);
        Assert.Null(score.NextBand);
        Assert.Null(score.LastEventTime);
        Assert.Equal(Timestamp.FromDateTimeOffset(Front.Now), score.ReadTime);
        Assert.Equal("pro", score.Attributes["plan"]);
        var contribution = Assert.Single(score.Contributions);
        Assert.Equal(
            (V1.Measure.Value, 20.0, 45.0, true),
            (contribution.Measure, contribution.Quantity, contribution.Points, contribution.Capped)
        );
        Assert.Equal(("default", null), (front.Backend.ScoreQuery!.Workspace, front.Backend.ScoreQuery.ReadTime));
    }

    [Fact]
    public async Task Unknown_customer_is_not_found()
    {
        await using var front = await Front.StartAsync();

        var failure = await front.FailAsync<V1.GetScoreRequest, V1.CustomerScore>(
            "GetScore",
            new() { CustomerId = "nobody" }
        );

        Assert.Equal((StatusCode.NotFound, "CUSTOMER_NOT_FOUND"), (failure.Code, failure.Reason));
        Assert.Equal("nobody", failure.Metadata["customer_id"]);
    }

    [Fact]
    public async Task Several_scores_come_without_the_unknown_who_are_named()
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnScores = query => [.. query.CustomerIds.Select(id => id == "c-1" ? Known : null)];

        var response = await front.CallAsync<V1.BatchGetScoresRequest, V1.BatchGetScoresResponse>(
            "BatchGetScores",
            new() { CustomerIds = { "x", "c-1", "y" } }
        );

        Assert.Equal("c-1", Assert.Single(response.Scores).CustomerId);
        Assert.Equal(["x", "y"], response.NotFoundCustomerIds);
    }

    public static TheoryData<string, string> BadScoreRequests =>
        new()
        {
            { """{ }""", "customer_id" },
            { $$"""{ "customerId": "{{new string('x', 257)}}" }""", "customer_id" },
            { """{ "customerId": "a\nb" }""", "customer_id" },
            { $$"""{ "customerId": "a", "model": "{{new string('x', 65)}}" }""", "model" },
            { $$"""{ "customerId": "a", "workspace": "{{new string('x', 65)}}" }""", "workspace" },
            { """{ "customerId": "a", "readTime": "1969-12-31T23:59:59Z" }""", "read_time" },
        };

    [Theory]
    [MemberData(nameof(BadScoreRequests))]
    public async Task Bad_question_for_a_score_names_the_field(string request, string field)
    {
        await using var front = await Front.StartAsync();

        var failure = await front.FailAsync<V1.GetScoreRequest, V1.CustomerScore>(
            "GetScore",
            V1.GetScoreRequest.Parser.ParseJson(request)
        );

        Assert.Equal(StatusCode.InvalidArgument, failure.Code);
        Assert.Equal([field], failure.Fields);
        Assert.Null(front.Backend.ScoreQuery);
    }

    [Theory]
    [InlineData(0, "FIELD_MISSING", "customer_ids")]
    [InlineData(1_001, "BATCH_TOO_LARGE", "customer_ids")]
    public async Task Several_scores_are_1_to_1000(int customers, string reason, string field)
    {
        await using var front = await Front.StartAsync();
        var request = new V1.BatchGetScoresRequest { CustomerIds = { Enumerable.Repeat("c", customers) } };

        var failure = await front.FailAsync<V1.BatchGetScoresRequest, V1.BatchGetScoresResponse>(
            "BatchGetScores",
            request
        );

        Assert.Equal((StatusCode.InvalidArgument, reason), (failure.Code, failure.Reason));
        Assert.Equal([field], failure.Fields);
    }

    [Fact]
    public async Task Segment_question_has_defaults()
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnSegment = Empty;

        var stats = await front.CallAsync<V1.GetSegmentStatsRequest, V1.SegmentStats>("GetSegmentStats", new());

        var query = front.Backend.SegmentQuery!;
        Assert.Equal([5, 25, 50, 75, 95], query.Percentiles);
        Assert.Equal(HistogramSpec.Default, query.Histogram);
        Assert.Equal(Filter.Everyone, query.Filter);
        Assert.False(stats.HasMean || stats.HasStandardDeviation || stats.HasMin || stats.HasMax);
        Assert.Null(stats.EngagementIndex);
        Assert.Null(stats.Activity);
        Assert.False(Assert.Single(stats.Bands).HasShare);
    }

    [Fact]
    public async Task Segment_question_reaches_the_backend_as_it_was_asked()
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnSegment = query =>
            Empty(query) with
            {
                Customers = 2,
                Mean = 0,
                Activity = new Activity(1, 2, 2, CompleteMonthlyActive: 4, CompleteActiveDays: 15),
                Histogram = [new(null, 0, 1), new(0, null, 1)],
                Percentiles = [new(50, 12)],
            };
        var request = new V1.GetSegmentStatsRequest
        {
            Workspace = "trial",
            Model = "adoption",
            Filter = "plan = \"pro\" AND country = \"DE\"",
            Percentiles = { 50, 0, 100 },
            Histogram = new V1.HistogramSpec
            {
                LowerBound = -1,
                UpperBound = 1,
                BucketCount = 4,
            },
            ReadTime = Timestamp.FromDateTimeOffset(Front.Now),
            TopCount = 3,
            BottomCount = 1_000,
            IncludeEventTotals = true,
        };

        var stats = await front.CallAsync<V1.GetSegmentStatsRequest, V1.SegmentStats>("GetSegmentStats", request);

        var query = front.Backend.SegmentQuery!;
        Assert.Equal([new("plan", "pro"), new("country", "DE")], query.Filter.Clauses!);
        Assert.Equal([50, 0, 100], query.Percentiles);
        Assert.Equal(new HistogramSpec(-1, 1, 4), query.Histogram);
        Assert.Equal(
            (At, 3, 1_000, true, "adoption"),
            (query.ReadTime, query.Top, query.Bottom, query.EventTotals, query.Model)
        );
        Assert.True(stats.HasMean);
        Assert.Equal(
            (0.125, 0.5, 4, 0.5),
            (
                stats.Activity.Stickiness,
                stats.Activity.CompleteDaysMeanDau,
                stats.Activity.CompleteDaysMau,
                stats.Activity.StickinessToday
            )
        );
        Assert.False(stats.Histogram[0].HasLowerBound);
        Assert.False(stats.Histogram[1].HasUpperBound);
        Assert.Equal((50.0, 12.0), (stats.Percentiles[0].Percentile_, stats.Percentiles[0].Score));
    }

    [Fact]
    public async Task What_was_perhaps_meant_by_a_filter_is_told_by_gRPC_and_JSON()
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnSegment = query =>
            Empty(query) with
            {
                FilterHints = [new(0, "plan", "pro", true, [], ["Pro"]), new(1, "cty", "x", false, ["city"], [])],
            };
        var request = new V1.GetSegmentStatsRequest { Filter = "plan = \"pro\" AND cty = \"x\"" };

        var stats = await front.CallAsync<V1.GetSegmentStatsRequest, V1.SegmentStats>("GetSegmentStats", request);

        V1.FilterHint[] hints =
        [
            new()
            {
                Key = "plan",
                Value = "pro",
                KeyKnown = true,
                SuggestedValues = { "Pro" },
            },
            new()
            {
                ClauseIndex = 1,
                Key = "cty",
                Value = "x",
                SuggestedKeys = { "city" },
            },
        ];
        Assert.Equal(hints, stats.FilterHints);
        var json = await front.Http.GetStringAsync(
            "/v1/customers:segmentStats?filter=plan%20%3D%20%22pro%22",
            TestContext.Current.CancellationToken
        );
        Assert.Equal(hints, V1.SegmentStats.Parser.ParseJson(json).FilterHints);
    }

    [Theory]
    [InlineData("Trial", " The nearest known: trial. ")]
    [InlineData("trail", " The nearest known: trial. ")]
    [InlineData("elsewhere", " The nearest known: default, trial. ")]
    public async Task Unknown_workspace_is_refused_with_the_nearest_known(string workspace, string hint)
    {
        await using var front = await Front.StartAsync();

        var failure = await front.FailAsync<V1.GetSegmentStatsRequest, V1.SegmentStats>(
            "GetSegmentStats",
            new() { Workspace = workspace }
        );

        Assert.Equal((StatusCode.NotFound, "WORKSPACE_NOT_FOUND"), (failure.Code, failure.Reason));
        Assert.Contains(hint, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "percentiles": [50, 100.5] }""", "percentiles[1]")]
    [InlineData("""{ "percentiles": ["NaN"] }""", "percentiles[0]")]
    [InlineData(
        """{ "histogram": { "lowerBound": "-Infinity", "upperBound": 1, "bucketCount": 1 } }""",
        "histogram.lower_bound"
    )]
    [InlineData("""{ "histogram": { "lowerBound": 1, "upperBound": 1, "bucketCount": 1 } }""", "histogram.upper_bound")]
    [InlineData(
        """{ "histogram": { "lowerBound": 0, "upperBound": 1, "bucketCount": 1001 } }""",
        "histogram.bucket_count"
    )]
    [InlineData("""{ "histogram": { "lowerBound": 0, "upperBound": 1 } }""", "histogram.bucket_count")]
    [InlineData("""{ "topCount": -1 }""", "top_count")]
    [InlineData("""{ "bottomCount": 1001 }""", "bottom_count")]
    [InlineData("""{ "filter": "plan == pro" }""", "filter")]
    public async Task Bad_question_for_a_segment_names_the_field(string request, string field)
    {
        await using var front = await Front.StartAsync();

        var failure = await front.FailAsync<V1.GetSegmentStatsRequest, V1.SegmentStats>(
            "GetSegmentStats",
            V1.GetSegmentStatsRequest.Parser.ParseJson(request)
        );

        Assert.Equal((StatusCode.InvalidArgument, "FIELD_INVALID"), (failure.Code, failure.Reason));
        Assert.Equal([field], failure.Fields);
    }

    [Theory]
    [InlineData(null, 30)]
    [InlineData("86400s", 1)]
    [InlineData("7776000s", 90)]
    public async Task Window_of_account_health_is_whole_days(string? window, int days)
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnAccount = Unseated;
        var request = new V1.GetAccountHealthRequest { AccountId = "acme" };
        if (window is not null)
        {
            request.Window = Duration.Parser.ParseJson($"\"{window}\"");
        }

        var health = await front.CallAsync<V1.GetAccountHealthRequest, V1.AccountHealth>("GetAccountHealth", request);

        Assert.Equal(days, front.Backend.AccountQuery!.WindowDays);
        Assert.Equal(days * 86_400L, health.Window.Seconds);
        Assert.Equal(V1.AccountStatus.Growing, health.Status);
        Assert.False(health.Breadth.HasPartScore || health.Breadth.HasSeatCount);
        Assert.False(health.Growth.HasChange);
        Assert.Equal(100, health.Growth.PartScore);
    }

    [Theory]
    [InlineData("0s")]
    [InlineData("3600s")]
    [InlineData("-86400s")]
    [InlineData("86400.5s")]
    [InlineData("7862400s")]
    public async Task Other_windows_are_refused(string window)
    {
        await using var front = await Front.StartAsync();
        var request = new V1.GetAccountHealthRequest
        {
            AccountId = "acme",
            Window = Duration.Parser.ParseJson($"\"{window}\""),
        };

        var failure = await front.FailAsync<V1.GetAccountHealthRequest, V1.AccountHealth>("GetAccountHealth", request);

        Assert.Equal(StatusCode.InvalidArgument, failure.Code);
        Assert.Equal(["window"], failure.Fields);
    }

    internal static SegmentStatistics Empty(SegmentQuery query) =>
        new()
        {
            Lifecycles = [],
            Customers = 0,
            Percentiles = [],
            Histogram = [],
            Bands = [new BandCount("engaged", 0, null)],
            Top = [],
            Bottom = [],
            EventTotals = [],
            ReadTime = At,
            ModelName = "engagement",
            ModelVersion = 1,
        };

    internal static AccountHealth Unseated(AccountHealthQuery query) =>
        new()
        {
            AccountId = query.AccountId,
            Attributes = [],
            Customers = 1,
            Frequency = new Frequency(1, 1, 3, query.WindowDays),
            Breadth = new Breadth(1, null),
            Depth = new Depth(1, 0, 0),
            Growth = new Growth(3, 0, AccountHistory.BeforePeriod),
            Bands = [],
            WindowDays = query.WindowDays,
            ReadTime = At,
            ModelName = "engagement",
            ModelVersion = 1,
        };

    [Fact]
    public void Parts_of_a_score_say_what_they_are_of()
    {
        Term[] terms =
        [
            new FeatureTerm(["export"], FeatureMeasure.Distinct, 30, 2),
            new AttributeTerm("seats", [], [new(5, 1)], 2),
            new RecencyTerm([new(0, 3)], 0, 2) { EventType = "purchase" },
            new ActiveDaysTerm(14, 2),
        ];
        var known = Known with
        {
            Contributions =
            [
                .. terms.Select(term => new Contribution(term with { Dimension = "use" }, 1, 2, Capped: false)),
            ],
            CutOffs =
            [
                new CutOff(LimitKind.Dimension, "use", -1),
                new CutOff(LimitKind.Floor, "", 1),
                new CutOff(LimitKind.Ceiling, "", -1),
            ],
        };

        var parts = ScoreMessages.ToProto(known).Contributions;

        Assert.Equal(
            new V1.FeatureTerm
            {
                Features = { "export" },
                Measure = V1.FeatureMeasure.Distinct,
                WindowDays = 30,
            },
            parts[0].Feature
        );
        Assert.Equal(
            new V1.AttributeTerm
            {
                Key = "seats",
                Steps =
                {
                    new V1.Step { From = 5, Quantity = 1 },
                },
            },
            parts[1].Attribute
        );
        Assert.Equal(
            new V1.RecencyTerm
            {
                EventType = "purchase",
                Steps =
                {
                    new V1.Step { From = 0, Quantity = 3 },
                },
            },
            parts[2].Recency
        );
        Assert.Equal(new V1.ActiveDaysTerm { WindowDays = 14 }, parts[3].ActiveDays);
        Assert.Equal(
            [V1.CutOff.Dimension, V1.CutOff.Floor, V1.CutOff.Ceiling],
            parts.Skip(terms.Length).Select(part => part.CutOff)
        );
        Assert.Equal(["use", "use", "use", "use", "use", "", ""], parts.Select(part => part.Dimension));
        Assert.Equal([2, 2, 2, 2, -1, 1, -1], parts.Select(part => part.Points));
    }

    [Fact]
    public void Whatever_is_known_of_a_score_or_of_a_ranked_customer_is_told()
    {
        var known = Known with
        {
            Momentum = 0.5,
            NextBand = new NextBand("b", 1, 2, Exclusive: true),
            LastEventTime = At,
            Dimensions = [new DimensionScore(new Dimension("depth", "Depth", 5), 5, Capped: true)],
            InGrace = true,
        };
        AssertSaysAll(ScoreMessages.ToProto(known));
        var ranked = new RankedCustomer("c-1", 112.5)
        {
            AccountId = "acme",
            Lifecycle = Scoring.Core.Lifecycles.Lifecycle.Active,
            Momentum = 0.5,
        };
        AssertSaysAll(SegmentMessages.ToProto(ranked));
    }

    private static void AssertSaysAll(IMessage message)
    {
        var nothing = message.Descriptor.Parser.ParseFrom(ByteString.Empty);
        Assert.All(
            message.Descriptor.Fields.InDeclarationOrder(),
            field => Assert.NotEqual(field.Accessor.GetValue(nothing), field.Accessor.GetValue(message))
        );
    }
}
