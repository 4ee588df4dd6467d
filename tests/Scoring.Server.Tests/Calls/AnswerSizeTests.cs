using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Net;
using System.Reflection;
using System.Text.Json;
using Google.Protobuf;
using Grpc.Core;
using Scoring.Core;
using Scoring.Core.Accounts;
using Scoring.Core.Facts;
using Scoring.Core.Lifecycles;
using Scoring.Core.Models;
using Scoring.Core.Names;
using Scoring.Core.Scores;
using Scoring.Core.Segments;
using Scoring.Core.Time;
using Scoring.Server.Models;
using Scoring.Server.Settings;
using Scoring.Server.Settings.Values;

namespace Scoring.Server.Tests.Calls;

/// <summary>Every answer fits into a message, or says what to ask for instead.</summary>
public sealed class AnswerSizeTests
{
    /// <summary>What clients of gRPC take unless they are told otherwise.</summary>
    private const int OrdinaryClients = 4 << 20;

    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    private static readonly int Least = (int)
        Size.Parse(
            (string)
                typeof(ServerSettings)
                    .GetProperty(nameof(ServerSettings.MaxMessageBytes))!
                    .GetCustomAttribute<RangeAttribute>()!
                    .Minimum
        ).Bytes;

    private static readonly FrontOptions Smallest = Front.Options with { MaxMessageBytes = Least };

    private static readonly IReadOnlyList<KeyValuePair<string, string>> Attributes =
    [
        .. Enumerable
            .Range(0, Limits.Attributes)
            .Select(i =>
                KeyValuePair.Create(Text("k", i, Limits.AttributeKeyBytes), Text("v", i, Limits.AttributeValueBytes))
            ),
    ];

    private static readonly IReadOnlyList<Term> Terms =
    [
        .. Enumerable
            .Range(0, Limits.Terms)
            .Select(i => new EventTerm(Text("t", i, Limits.NameBytes), 7, Measure.Value, 1.5, 1e12)),
    ];

    [Fact]
    public void Every_method_has_a_bound_that_is_tested_here()
    {
        string[] tested =
        [
            // The answer for one event is two enums; what is wrong with it is an error.
            "RecordEvent",
            // Later ones of very many rejections are without texts.
            "RecordEvents",
            "StreamEvents",
            "UpsertCustomers",
            "UpsertAccounts",
            // Refused with what to ask for.
            "BatchGetScores",
            "GetSegmentStats",
            "PreviewScoringModel",
            "ExplainScoreChange",
            "GetSegmentHistory",
            "ListMovers",
            "GetAccountHealthHistory",
            "ExplainSegmentChange",
            "ExplainAccountHealthChange",
            "ProjectScore",
            "ListBandLeavers",
            // Short by the limits of what is in them.
            "CorrectEvents",
            "GetScore",
            "GetAccountHealth",
            "GetScoreHistory",
            "EvaluateScoringModel",
            "StreamModelEvaluation",
            "ProposeScoringModel",
            "GetScoringModel",
            "PutScoringModel",
            "RollbackScoringModel",
            "AdoptScoringModel",
            "DeleteScoringModel",
            // Pages end early.
            "ListScoringModels",
            "ListScoringModelVersions",
            "ListNames",
            // Names that are removed are short, and of those that are kept it names as many as fit.
            "PruneNames",
            // Answers of the stream end early.
            "ExportEvents",
        ];
        var methods = V1
            .ScoringService.Descriptor.Methods.Concat(V1.ModelService.Descriptor.Methods)
            .Concat(V1.HistoryService.Descriptor.Methods);
        Assert.Equal(tested.Order(), methods.Select(method => method.Name).Order());
    }

    [Fact]
    public async Task Too_many_large_scores_are_refused_with_how_many_to_ask_for()
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnScores = query => [.. query.CustomerIds.Select(LargestScore)];
        var ids = Enumerable.Range(0, 1_000).Select(i => Text("c", i, Limits.IdBytes)).ToList();

        var failure = await front.FailAsync<V1.BatchGetScoresRequest, V1.BatchGetScoresResponse>(
            "BatchGetScores",
            new() { CustomerIds = { ids } }
        );

        Assert.Equal((StatusCode.InvalidArgument, "ANSWER_TOO_LARGE"), (failure.Code, failure.Reason));
        Assert.Equal(["customer_ids"], failure.Fields);
        Assert.Equal($"{Front.Options.MaxMessageBytes}", failure.Metadata["limit"]);
        Assert.Null(failure.RetryAfter);
        var advice = failure.Message.Split("ask for about ")[1].Split(" customers at once instead of 1,000");
        var advised = int.Parse(advice[0], CultureInfo.InvariantCulture);
        Assert.InRange(advised, 200, 300);
        var answer = await front.CallAsync<V1.BatchGetScoresRequest, V1.BatchGetScoresResponse>(
            "BatchGetScores",
            new() { CustomerIds = { ids.Take(advised) } }
        );
        Assert.Equal(advised, answer.Scores.Count);

        using var body = new StringContent($$"""{ "customerIds": ["{{string.Join("\", \"", ids)}}"] }""");
        body.Headers.ContentType = new("application/json");
        using var json = await front.Http.PostAsync("/v1/customers:batchGetScores", body, Token);
        await AssertTooLarge(json);
    }

    [Fact]
    public async Task A_preview_with_too_many_large_scores_is_refused_with_what_to_ask_for()
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnPreview = query =>
        {
            var moves = Enumerable
                .Range(0, query.Movers)
                .Select(i => Text("c", i, Limits.IdBytes))
                .Select(id => new ScoreMove(LargestScore(id), LargestScore(id)))
                .ToList();
            var statistics = Reading.ReadingTests.Empty(query.Statistics);
            return new(statistics, statistics, [], moves, moves);
        };
        var asked = new V1.PreviewScoringModelRequest
        {
            Model = new V1.ScoringModel
            {
                Name = "m",
                TargetPoints = 1,
                Terms =
                {
                    new V1.Term { EventType = "t", Weight = 1 },
                },
                Bands =
                {
                    new V1.Band { Name = "b", Engagement = V1.Engagement.Engaged },
                },
            },
            MoverCount = 100,
        };

        var failure = await front.FailAsync<V1.PreviewScoringModelRequest, V1.PreviewScoringModelResponse>(
            "PreviewScoringModel",
            asked
        );

        Assert.Equal((StatusCode.InvalidArgument, "ANSWER_TOO_LARGE"), (failure.Code, failure.Reason));
        Assert.Equal(["mover_count"], failure.Fields);
        asked.MoverCount = 10;
        var answer = await front.CallAsync<V1.PreviewScoringModelRequest, V1.PreviewScoringModelResponse>(
            "PreviewScoringModel",
            asked
        );
        Assert.Equal(10, answer.Risen.Count);
    }

    [Fact]
    public async Task A_segment_with_too_many_long_ids_and_types_is_refused_with_what_to_ask_for()
    {
        await using var front = await Front.StartAsync(Smallest);
        front.Backend.OnSegment = LargestSegment;
        var asked = new V1.GetSegmentStatsRequest
        {
            TopCount = 1_000,
            BottomCount = 1_000,
            IncludeEventTotals = true,
        };

        var failure = await front.FailAsync<V1.GetSegmentStatsRequest, V1.SegmentStats>("GetSegmentStats", asked);

        Assert.Equal((StatusCode.InvalidArgument, "ANSWER_TOO_LARGE"), (failure.Code, failure.Reason));
        Assert.Equal(["top_count"], failure.Fields);
        Assert.Contains("fewer by top_count and bottom_count", failure.Message, StringComparison.Ordinal);
        using var json = await front.Http.GetAsync("/v1/customers:segmentStats?topCount=1000&bottomCount=1000", Token);
        await AssertTooLarge(json);

        var (percentiles, buckets) = (Enumerable.Range(0, 100).Select(i => (double)i), 1_000);
        var answer = await front.CallAsync<V1.GetSegmentStatsRequest, V1.SegmentStats>(
            "GetSegmentStats",
            new()
            {
                Percentiles = { percentiles },
                Histogram = new()
                {
                    LowerBound = 0,
                    UpperBound = 1,
                    BucketCount = buckets,
                },
                TopCount = 50,
                BottomCount = 50,
            }
        );
        Assert.Equal((50, buckets), (answer.TopCustomers.Count, answer.Histogram.Count));
    }

    [Theory]
    [InlineData(256 << 10)]
    [InlineData(16 << 20)]
    public async Task Large_models_are_listed_on_shorter_pages(int maxMessageBytes)
    {
        await using var front = await Front.StartAsync(Front.Options with { MaxMessageBytes = maxMessageBytes });
        front.Backend.Models.AddRange(
            Enumerable.Range(0, 300).Select(i => LargestModel() with { Name = Text("m", i, 64) })
        );

        var names = new List<string>();
        var (token, pages) = ("", 0);
        do
        {
            var page = await front.CallAsync<V1.ListScoringModelsRequest, V1.ListScoringModelsResponse>(
                "ListScoringModels",
                new() { PageSize = 1_000, PageToken = token }
            );
            Assert.InRange(page.CalculateSize(), 1, Math.Min(maxMessageBytes, OrdinaryClients));
            names.AddRange(page.Models.Select(model => model.Name));
            token = page.NextPageToken;
            pages++;
        } while (token.Length > 0);
        Assert.Equal(front.Backend.Models.Select(model => model.Name), names);
        Assert.InRange(pages, 2, 100);

        var json = await front.Http.GetStringAsync("/v1/models?pageSize=1000", Token);
        var first = V1.ListScoringModelsResponse.Parser.ParseJson(json);
        Assert.Equal(names.Take(first.Models.Count), first.Models.Select(model => model.Name));
        Assert.NotEmpty(first.NextPageToken);
    }

    [Fact]
    public async Task Names_that_many_models_use_are_listed_on_shorter_pages_and_fit_into_what_pruning_answers()
    {
        await using var front = await Front.StartAsync(Smallest);
        var users = Enumerable.Range(0, 1_000).Select(i => Text("model ", i, 64)).ToList();
        NameUse[] used = [.. Enumerable.Range(0, 5).Select(i => Name("a", i, users))];
        NameUse[] unused = [.. Enumerable.Range(0, 1_000).Select(i => Name("b", i, []))];
        front.Backend.Names = new([.. used, .. unused], []);

        var list = await front.CallAsync<V1.ListNamesRequest, V1.ListNamesResponse>("ListNames", new());
        var pruned = await front.CallAsync<V1.PruneNamesRequest, V1.PruneNamesResponse>(
            "PruneNames",
            new() { Names = { "*" } }
        );

        Assert.InRange(list.Names.Count, 1, used.Length - 1);
        Assert.NotEmpty(list.NextPageToken);
        Assert.InRange(list.CalculateSize(), 1, Smallest.MaxMessageBytes);
        Assert.Equal((1_000, 1_000), (pruned.PrunedCount, pruned.Pruned.Count));
        Assert.InRange(pruned.Kept.Count, 1, used.Length - 1);
        Assert.InRange(pruned.CalculateSize(), 1, Smallest.MaxMessageBytes);

        static NameUse Name(string prefix, int number, IReadOnlyList<string> users) =>
            new(new(NameKind.EventType, Text(prefix, number, Limits.NameBytes)), null, null, users);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_asked_of_one_fits_into_the_smallest_message_by_its_limits(bool ofOtherKinds)
    {
        await using var front = await Front.StartAsync(Smallest);
        var (largest, scoreOf) = ofOtherKinds
            ? (LargestModelOfOtherKinds, (Func<string, CustomerScore>)LargestScoreOfOtherKinds)
            : (LargestModel(), LargestScore);
        Assert.Empty(ModelRules.Check(largest with { TargetPoints = 1 }, new() { Name = "default" }));
        front.Backend.OnScores = query => [.. query.CustomerIds.Select(scoreOf)];
        front.Backend.OnAccount = LargestHealth;
        front.Backend.Models.Add(largest);
        front.Backend.EventTypes.AddRange(Enumerable.Range(0, 20_000).Select(i => Text("u", i, Limits.NameBytes)));

        var score = await front.CallAsync<V1.GetScoreRequest, V1.CustomerScore>("GetScore", new() { CustomerId = "c" });
        var health = await front.CallAsync<V1.GetAccountHealthRequest, V1.AccountHealth>(
            "GetAccountHealth",
            new() { AccountId = "a" }
        );
        var model = await front.CallAsync<V1.GetScoringModelRequest, V1.ScoringModel>("GetScoringModel", new());
        var stored = await front.CallAsync<V1.PutScoringModelRequest, V1.ScoringModel>(
            "PutScoringModel",
            new() { Model = ModelMessages.ToProto(largest) }
        );

        Assert.Equal(Limits.Terms + (ofOtherKinds ? Limits.Dimensions + 1 : 0), score.Contributions.Count);
        Assert.Equal(Limits.Attributes, health.Attributes.Count);
        Assert.Equal(1_000, model.UnscoredEventTypes.Count);
        Assert.Equal(front.Backend.EventTypes.Take(1_000), model.UnscoredEventTypes);
        Assert.Equal(Limits.Terms, stored.Terms.Count);
    }

    [Fact]
    public async Task A_batch_of_which_nearly_all_is_rejected_is_answered_in_full()
    {
        const int count = 10_000;
        await using var front = await Front.StartAsync(Smallest);
        var good = new V1.Event { CustomerId = "ada", Type = "login" };
        var events = new V1.RecordEventsRequest { Events = { good, Enumerable.Repeat(new V1.Event(), count - 1) } };

        var recorded = await front.CallAsync<V1.RecordEventsRequest, V1.RecordEventsResponse>("RecordEvents", events);
        Assert.Equal(1, recorded.AcceptedCount);
        AssertRejected(recorded, recorded.Rejections);

        using var stream = front.Stream();
        await stream.RequestStream.WriteAsync(events, Token);
        Assert.True(await stream.ResponseStream.MoveNext(Token));
        AssertRejected(stream.ResponseStream.Current, stream.ResponseStream.Current.Rejections);

        var customers = await front.CallAsync<V1.UpsertCustomersRequest, V1.UpsertCustomersResponse>(
            "UpsertCustomers",
            new()
            {
                Customers =
                {
                    new V1.Customer { CustomerId = "ada" },
                    Enumerable.Repeat(new V1.Customer(), count - 1),
                },
            }
        );
        AssertRejected(customers, customers.Rejections);

        var accounts = await front.CallAsync<V1.UpsertAccountsRequest, V1.UpsertAccountsResponse>(
            "UpsertAccounts",
            new()
            {
                Accounts =
                {
                    new V1.Account { AccountId = "acme" },
                    Enumerable.Repeat(new V1.Account(), count - 1),
                },
            }
        );
        AssertRejected(accounts, accounts.Rejections);

        static void AssertRejected(IMessage answer, IReadOnlyList<V1.Rejection> rejections)
        {
            Assert.InRange(answer.CalculateSize(), 1, Least);
            Assert.Equal(Enumerable.Range(1, count - 1), rejections.Select(rejection => rejection.Index));
            Assert.All(rejections, rejection => Assert.Equal(V1.RejectionReason.FieldMissing, rejection.Reason));
            var explained = rejections.TakeWhile(rejection => rejection.Message.Length > 0).ToList();
            Assert.InRange(explained.Count, 500, count - 2);
            Assert.All(explained, rejection => Assert.NotEmpty(rejection.Field));
            Assert.All(
                rejections.Skip(explained.Count),
                rejection => Assert.Equal(("", ""), (rejection.Field, rejection.Message))
            );
        }
    }

    [Fact]
    public async Task A_batch_that_could_not_be_answered_for_is_not_taken()
    {
        await using var front = await Front.StartAsync(Smallest with { MaxBatch = 1_000_000 });

        var failure = await front.FailAsync<V1.RecordEventsRequest, V1.RecordEventsResponse>(
            "RecordEvents",
            new()
            {
                Events =
                {
                    new V1.Event { CustomerId = "ada", Type = "login" },
                    Enumerable.Repeat(new V1.Event(), 100_000),
                },
            }
        );

        Assert.Equal((StatusCode.InvalidArgument, "BATCH_TOO_LARGE"), (failure.Code, failure.Reason));
        Assert.Contains("Scoring:MaxMessageBytes", failure.Message, StringComparison.Ordinal);
        Assert.InRange(int.Parse(failure.Metadata["limit"], CultureInfo.InvariantCulture), 10_000, 99_999);
        Assert.Empty(front.Backend.Batches);
    }

    private static async Task AssertTooLarge(HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        using var status = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Token));
        Assert.Equal((int)StatusCode.InvalidArgument, status.RootElement.GetProperty("code").GetInt32());
        Assert.Contains(
            "ANSWER_TOO_LARGE",
            status.RootElement.GetProperty("details").GetRawText(),
            StringComparison.Ordinal
        );
    }

    private static string Text(string prefix, int number, int length) =>
        prefix + number.ToString(CultureInfo.InvariantCulture).PadLeft(length - prefix.Length, '0');

    private static CustomerScore LargestScore(string customer) =>
        new()
        {
            CustomerId = customer,
            AccountId = Text("a", 1, Limits.IdBytes),
            Attributes = Attributes,
            Points = 1.1,
            Score = 2.2,
            Band = Text("b", 1, 64),
            Lifecycle = Lifecycle.Churned,
            Momentum = 0.1,
            Contributions = [.. Terms.Select(term => new Contribution(term, 1.1, 2.2, Capped: true))],
            NextBand = new NextBand(Text("b", 2, 64), 1.1, 2.2, Exclusive: true),
            ModelName = Text("m", 1, 64),
            ModelVersion = int.MaxValue,
            ReadTime = Instant.From(Front.Now),
            LastEventTime = Instant.From(Front.Now),
        };

    private static ScoringModel LargestModel() =>
        new()
        {
            Name = "engagement",
            Version = 1,
            Description = new string('d', 1_024),
            Terms = Terms,
            TargetPoints = 1.1,
            Bands =
            [
                .. Enumerable
                    .Range(0, Limits.Bands)
                    .Select(i => new Band(
                        Text("b", i, 64),
                        Text("B", i, 128),
                        Engagement.Engaged,
                        i < Limits.Bands - 1 ? i + 0.1 : null,
                        UpperEndIncluded: i < Limits.Bands - 1
                    )),
            ],
        };

    private static readonly ScoringModel LargestModelOfOtherKinds = LargestModel() with
    {
        Terms =
        [
            .. Enumerable
                .Range(0, Limits.Terms)
                .Select(i => new AttributeTerm(
                    Text("k", i, 4),
                    i < 8 ? [] : [.. Enumerable.Range(10, Limits.TermValues).Select(value => $"{value}")],
                    i < 8 ? [.. Enumerable.Range(0, Limits.TermsSteps / 8).Select(from => new Step(from, 0.1))] : [],
                    1.1,
                    1e12
                )
                {
                    Dimension = Text("d", i % Limits.Dimensions, 64),
                }),
        ],
        Dimensions =
        [
            .. Enumerable
                .Range(0, Limits.Dimensions)
                .Select(i => new Dimension(Text("d", i, 64), Text("D", i, 128), 1e12)),
        ],
        Floor = -1e12,
        Ceiling = 1e12,
        GraceDays = Limits.GraceDays,
    };

    private static CustomerScore LargestScoreOfOtherKinds(string customer) =>
        LargestScore(customer) with
        {
            Contributions =
            [
                .. LargestModelOfOtherKinds.Terms.Select(term => new Contribution(term, 1.1, 2.2, Capped: true)),
            ],
            Dimensions =
            [
                .. LargestModelOfOtherKinds.Dimensions.Select(of => new DimensionScore(of, 1.1, Capped: true)),
            ],
            CutOffs =
            [
                .. LargestModelOfOtherKinds.Dimensions.Select(of => new CutOff(LimitKind.Dimension, of.Name, 1.1)),
                new CutOff(LimitKind.Ceiling, "", -1.1),
            ],
            InGrace = true,
        };

    private static AccountHealth LargestHealth(AccountHealthQuery query) =>
        new()
        {
            AccountId = Text("a", 1, Limits.IdBytes),
            Attributes = Attributes,
            Customers = long.MaxValue,
            Frequency = new Frequency(7, 7, 30, query.WindowDays),
            Breadth = new Breadth(7, 9),
            Depth = new Depth(1, 3, 7),
            Growth = new Growth(3, 7, AccountHistory.BeforePeriod),
            Bands = [.. Enumerable.Range(0, Limits.Bands).Select(i => new BandCount(Text("b", i, 64), 1 << 30, 0.1))],
            WindowDays = query.WindowDays,
            ReadTime = Instant.From(Front.Now),
            ModelName = Text("m", 1, 64),
            ModelVersion = int.MaxValue,
        };

    /// <summary>All that a query asks for, and the most of what it does not ask for.</summary>
    private static SegmentStatistics LargestSegment(SegmentQuery query)
    {
        const int clauses = Limits.FilterClauses;
        var suggested = Enumerable.Range(0, NearestTexts.Few).Select(i => Text("v", i, 256)).ToList();
        return new()
        {
            Customers = long.MaxValue,
            Lifecycles = [],
            Percentiles = [.. query.Percentiles.Select(rank => new Percentile(rank, 1.1))],
            Histogram = [.. Enumerable.Range(0, query.Histogram.Buckets).Select(i => new HistogramBucket(i, i + 1, i))],
            Bands = [.. Enumerable.Range(0, Limits.Bands).Select(i => new BandCount(Text("b", i, 64), 1 << 30, 0.1))],
            Top = [.. Enumerable.Range(0, query.Top).Select(Ranked)],
            Bottom = [.. Enumerable.Range(0, query.Bottom).Select(Ranked)],
            EventTotals = query.EventTotals
                ? [.. Enumerable.Range(0, 1_000).Select(i => new EventTypeTotal(Text("t", i, 128), i, i, i))]
                : [],
            FilterHints =
            [
                .. Enumerable
                    .Range(0, clauses)
                    .Select(i => new FilterHint(
                        i,
                        Text("k", i, Limits.FilterBytes / clauses / 2),
                        Text("v", i, Limits.FilterBytes / clauses / 2),
                        KeyKnown: true,
                        [],
                        suggested
                    )),
            ],
            ReadTime = Instant.From(Front.Now),
            ModelName = Text("m", 1, 64),
            ModelVersion = int.MaxValue,
        };
    }

    private static RankedCustomer Ranked(int number) =>
        new(Text("c", number, Limits.IdBytes), 1.1)
        {
            AccountId = Text("a", number, Limits.IdBytes),
            Lifecycle = Lifecycle.Churned,
            Momentum = 0.1,
        };
}
