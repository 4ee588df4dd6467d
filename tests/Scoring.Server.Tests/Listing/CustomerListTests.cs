using Grpc.Core;
using Scoring.Core.Backend;
using Scoring.Core.Filters;
using Scoring.Core.Listing;
using Scoring.Core.Time;
using Scoring.V1;
using CustomerScore = Scoring.Core.Scores.CustomerScore;
using EventTerm = Scoring.Core.Models.EventTerm;
using Lifecycle = Scoring.Core.Lifecycles.Lifecycle;
using Measure = Scoring.Core.Facts.Measure;

namespace Scoring.Server.Tests.Listing;

/// <summary>Lists of customers, page by page and as a stream, by gRPC and by REST.</summary>
public sealed class CustomerListTests
{
    private static readonly Instant At = Instant.From(Front.Now);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_list_is_asked_for_with_filter_segment_order_and_size()
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnList = (_, size) => Page(place: new("here/1", 0), hasMore: false, Scored("c-1"));

        var answer = await Client(front)
            .ListCustomersAsync(
                new()
                {
                    Model = "adoption",
                    ModelVersion = 3,
                    Filter = "plan = pro",
                    OrderBy = "momentum  desc",
                    PageSize = 7,
                },
                cancellationToken: Token
            );

        var query = front.Backend.ListQuery!;
        Assert.Equal(
            ("adoption@3", CustomerOrder.Momentum, true, null),
            (query.Model, query.Order, query.Falling, query.ReadTime)
        );
        Assert.Contains("plan", query.Filter.Condition.Tests().OfType<Condition.TextTest>().Select(test => test.Key));
        Assert.Equal(["c-1"], answer.Customers.Select(c => c.CustomerId));
        Assert.Equal((10, 2, ""), (answer.TotalSize, answer.AheadCustomerCount, answer.NextPageToken));
        Assert.Empty(answer.Customers[0].Contributions);
    }

    [Fact]
    public async Task A_token_leads_to_the_next_page_of_the_same_question_alone()
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnList = (place, _) =>
            Page(place ?? new("silo@7/abc", 0), hasMore: place is null, Scored("c-1"), null, Scored("c-3"));
        var request = new ListCustomersRequest { Filter = "plan = pro", OrderBy = "score" };

        var first = await Client(front).ListCustomersAsync(request, cancellationToken: Token);
        request.PageToken = first.NextPageToken;
        request.PageSize = 5;
        var second = await Client(front).ListCustomersAsync(request, cancellationToken: Token);

        Assert.Equal(new ListPlace("silo@7/abc", 3), front.Backend.ListPlace);
        Assert.Equal(["c-1", "c-3"], second.Customers.Select(c => c.CustomerId));
        Assert.Equal("", second.NextPageToken);

        request.Filter = "plan = free";
        var failure = await FailAsync(request, front);
        Assert.Equal((StatusCode.InvalidArgument, "page_token"), (failure.Code, failure.Fields.Single()));
        Assert.Contains("was asked for otherwise", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_ends_where_a_message_would_be_too_large_and_goes_on_there()
    {
        await using var front = await Front.StartAsync();
        var big = Scored("big") with
        {
            Attributes = [.. Enumerable.Range(0, 64).Select(i => KeyValuePair.Create($"a{i}", new string('x', 256)))],
        };
        front.Backend.OnList = (place, size) =>
            Page(place ?? new("here/1", 0), hasMore: false, [.. Enumerable.Repeat(big, size)]);
        var request = new ListCustomersRequest { PageSize = 1_000 };

        var page = await Client(front).ListCustomersAsync(request, cancellationToken: Token);

        Assert.InRange(page.Customers.Count, 100, 400);
        Assert.InRange(page.CalculateSize(), 1, 4 << 20);
        request.PageToken = page.NextPageToken;
        await Client(front).ListCustomersAsync(request, cancellationToken: Token);
        Assert.Equal(page.Customers.Count, front.Backend.ListPlace!.Offset);
    }

    [Fact]
    public async Task Three_heaviest_contributions_are_told_where_they_are_asked_for()
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnList = (_, _) =>
            Page(
                new("here/1", 0),
                hasMore: false,
                Scored("c-1") with
                {
                    Contributions =
                    [
                        .. new[] { 3.0, -8, 1, 5, -2 }.Select(
                            (points, i) =>
                                new Core.Scores.Contribution(
                                    new EventTerm($"t{i}", 0, Measure.Count, 1),
                                    points,
                                    points,
                                    Capped: false
                                )
                        ),
                    ],
                }
            );
        var answer = await Client(front)
            .ListCustomersAsync(new() { IncludeContributions = true }, cancellationToken: Token);
        Assert.Equal([-8, 5, 3], answer.Customers[0].Contributions.Select(c => c.Points));
    }

    [Theory]
    [InlineData("order_by", "scores", 0, "", "must be one of customer_id, score, momentum, last_event")]
    [InlineData("order_by", "score falling", 0, "", "\" desc\" behind it")]
    [InlineData("order_by", "score desc, customer_id", 0, "", "must be one of")]
    [InlineData("page_size", "", -1, "", "must be 1 to 1,000, or 0 for 100")]
    [InlineData("page_size", "", 1_001, "", "must be 1 to 1,000, or 0 for 100")]
    [InlineData("page_token", "", 0, "nonsense", "must be the next_page_token of an earlier answer")]
    public async Task What_cannot_be_listed_is_refused_with_the_field(
        string field,
        string orderBy,
        int size,
        string token,
        string message
    )
    {
        await using var front = await Front.StartAsync();
        var failure = await FailAsync(
            new()
            {
                OrderBy = orderBy,
                PageSize = size,
                PageToken = token,
            },
            front
        );
        Assert.Equal((StatusCode.InvalidArgument, field), (failure.Code, failure.Fields.Single()));
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_that_is_kept_no_more_is_named_so_that_it_is_asked_for_anew()
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnList = (_, _) => throw Refusals.ListExpired();
        var failure = await FailAsync(new(), front);
        Assert.Equal(
            (StatusCode.FailedPrecondition, "LIST_EXPIRED", "page_token"),
            (failure.Code, failure.Reason, failure.Fields.Single())
        );
    }

    [Fact]
    public async Task All_customers_come_as_a_stream()
    {
        await using var front = await Front.StartAsync();
        front.Backend.Streamed =
        [
            [Scored("c-1"), Scored("c-2")],
            [],
            [Scored("c-3")],
        ];
        var read = new List<string>();
        using var call = Client(front).StreamCustomers(new() { Filter = "plan = pro" }, cancellationToken: Token);
        await foreach (var some in call.ResponseStream.ReadAllAsync(Token))
        {
            read.AddRange(some.Customers.Select(c => c.CustomerId));
        }
        Assert.Equal(["c-1", "c-2", "c-3"], read);
        Assert.NotEmpty(front.Backend.ListQuery!.Filter.Condition.Tests());
    }

    [Fact]
    public async Task A_mistake_in_the_filter_of_a_stream_is_named()
    {
        await using var front = await Front.StartAsync();
        using var call = Client(front).StreamCustomers(new() { Filter = "plan ==" }, cancellationToken: Token);
        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(Token));
        Assert.Equal(StatusCode.InvalidArgument, failure.StatusCode);
        Assert.Contains("line 1, column 7", failure.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_is_there_by_REST()
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnList = (_, _) => Page(new("here/1", 0), hasMore: true, Scored("c-1"));
        var json = await front.Http.GetStringAsync(
            "/v1/customers?filter=score%20%3E%2010&order_by=score%20desc&page_size=1",
            Token
        );
        Assert.Contains(
            "\"customerId\":\"c-1\"",
            json.Replace(" ", "", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
        Assert.True(front.Backend.ListQuery!.Falling);
    }

    private static CustomerService.CustomerServiceClient Client(Front front) => new(front.Channel);

    private static async Task<CallFailure> FailAsync(ListCustomersRequest request, Front front) =>
        CallFailure.Of(
            await Assert.ThrowsAsync<RpcException>(() =>
                Client(front).ListCustomersAsync(request, cancellationToken: Token).ResponseAsync
            )
        );

    private static ListPage<CustomerScore> Page(ListPlace place, bool hasMore, params CustomerScore?[] customers) =>
        new(customers, At, 10, 2, place, hasMore);

    private static CustomerScore Scored(string id) =>
        new()
        {
            CustomerId = id,
            AccountId = "",
            Attributes = [],
            Points = 1,
            Score = 1,
            Band = "low",
            Lifecycle = Lifecycle.Active,
            Momentum = null,
            Contributions = [],
            NextBand = null,
            ModelName = "engagement",
            ModelVersion = 1,
            ReadTime = At,
            LastEventTime = null,
        };
}
