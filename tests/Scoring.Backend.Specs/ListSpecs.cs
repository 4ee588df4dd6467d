using Scoring.Core;
using Scoring.Core.Filters;
using Scoring.Core.Listing;
using Scoring.Core.Recording;
using Scoring.Core.Scores;
using Scoring.Core.Time;

namespace Scoring.Backend.Specs;

/// <summary>Lists of customers are those that scoring each customer and sorting them gives, page by page, while writes go on.</summary>
public abstract class ListSpecs(IBackendHosts hosts) : BackendSpecs(hosts)
{
    private const int Customers = 210;

    [Fact]
    public async Task Customers_are_listed_in_every_order_as_sorting_their_scores_gives()
    {
        await using var host = await Start();
        var ids = await Populate(host);

        foreach (var order in Enum.GetValues<CustomerOrder>())
        {
            foreach (var falling in new[] { false, true })
            {
                var (pages, readTime) = await All(
                    host,
                    new()
                    {
                        Workspace = host.Workspace,
                        Order = order,
                        Falling = falling,
                    },
                    size: 37
                );
                var scores = (await host.Scores(readTime, ids)).OfType<CustomerScore>();
                Assert.Equal(Sorted(scores, order, falling), pages.Select(c => c.CustomerId));
            }
        }
    }

    [Fact]
    public async Task A_page_tells_of_each_customer_what_scoring_it_tells()
    {
        await using var host = await Start();
        var ids = await Populate(host);

        var page = await host.Backend.ListCustomersAsync(
            new()
            {
                Workspace = host.Workspace,
                Filter = Filter.Parse("plan = pro AND score > 0"),
                Order = CustomerOrder.Score,
                Falling = true,
            },
            size: Customers,
            BackendHost.Cancellation
        );

        var known = (await host.Scores(page.ReadTime, ids)).OfType<CustomerScore>();
        var expected = known
            .Where(c => c.Score > 0 && c.Attributes.Contains(new("plan", "pro")))
            .OrderByDescending(c => c.Score)
            .ThenBy(c => c.CustomerId, StringComparer.Ordinal)
            .ToList();
        Assert.NotEmpty(expected);
        Assert.Equivalent(expected, page.Items, strict: true);
        Assert.Equal(expected.Select(c => c.CustomerId), page.Items.Select(c => c!.CustomerId));
        Assert.Equal((expected.Count, 0, null), (page.Total, page.Ahead, page.Next));
    }

    [Fact]
    public async Task Pages_hold_who_was_there_at_their_instant_each_once_while_writes_go_on()
    {
        await using var host = await Start();
        var ids = await Populate(host);
        var query = new CustomerListQuery { Workspace = host.Workspace, Order = CustomerOrder.Score };

        var page = await host.Backend.ListCustomersAsync(query, 10, BackendHost.Cancellation);
        List<CustomerScore> seen = [.. page.Items.OfType<CustomerScore>()];
        for (var i = 0; page.Next is { } next; i++)
        {
            // Those listed already fall behind, those to come rise in front, and others join.
            host.Clock.Advance(TimeSpan.FromSeconds(10));
            await host.Record(
                new Sample(seen[^1].CustomerId, Value: 50),
                new Sample(ids[(7 * i) % ids.Length], Type: "purchase", Value: 30),
                new Sample($"new {i}")
            );
            page = await host.Backend.GetCustomerPageAsync(host.Workspace, next, 10, BackendHost.Cancellation);
            seen.AddRange(page.Items.OfType<CustomerScore>());
        }

        Assert.Equal(ids.Order(StringComparer.Ordinal), seen.Select(c => c.CustomerId).Order(StringComparer.Ordinal));
        Assert.Equal(Customers, page.Total);
        foreach (var customer in seen)
        {
            // As of the list's instant, or, of who has had events since, as of the newest of them.
            Assert.Equal(Instant.Max(page.ReadTime, customer.LastEventTime ?? Instant.MinValue), customer.ReadTime);
        }
    }

    [Fact]
    public async Task A_page_is_given_again_as_it_was()
    {
        await using var host = await Start();
        await Populate(host);
        var query = new CustomerListQuery { Workspace = host.Workspace, Order = CustomerOrder.LastEvent };
        var first = await host.Backend.ListCustomersAsync(query, 20, BackendHost.Cancellation);
        var second = await Ids(first.Next!, 20);
        var far = await Ids(first.Next! with { Offset = 150 }, 20);
        Assert.Equal(20, far.Intersect(far).Count());
        Assert.Equal(second, await Ids(first.Next!, 20));
        Assert.Equal(second[..5], await Ids(first.Next!, 5));
        Assert.Empty(await Ids(first.Next! with { Offset = int.MaxValue }, int.MaxValue));

        async Task<string[]> Ids(ListPlace place, int size)
        {
            var page = await host.Backend.GetCustomerPageAsync(host.Workspace, place, size, BackendHost.Cancellation);
            return [.. page.Items.Select(c => c!.CustomerId)];
        }
    }

    [Fact]
    public async Task A_list_that_is_not_kept_any_more_says_so()
    {
        await using var host = await Start();
        await Populate(host);
        var query = new CustomerListQuery { Workspace = host.Workspace };
        var page = await host.Backend.ListCustomersAsync(query, 20, BackendHost.Cancellation);

        await AssertExpired(new("nowhere/none", 20));
        await AssertExpired(new("", 20));
        await host.CrashAndRestartAsync();
        await AssertExpired(page.Next!);

        async Task AssertExpired(ListPlace place)
        {
            var refused = await Refusal(async () =>
                await host.Backend.GetCustomerPageAsync(host.Workspace, place, 20, BackendHost.Cancellation)
            );
            Assert.Equal((ScoringError.ListExpired, "page_token"), (refused.Error, refused.Field));
        }
    }

    [Fact]
    public async Task Customers_ahead_of_the_clock_are_left_out_and_counted()
    {
        await using var host = await Start();
        await host.Record(new Sample("now"), new Sample("ahead", At: host.Now + TimeSpan.FromDays(2)));
        var query = new CustomerListQuery { Workspace = host.Workspace };
        var page = await host.Backend.ListCustomersAsync(query, 20, BackendHost.Cancellation);
        Assert.Equal(["now"], page.Items.Select(c => c!.CustomerId));
        Assert.Equal((1, 1), (page.Total, page.Ahead));
    }

    [Fact]
    public async Task A_list_of_the_past_is_refused_where_customers_have_newer_events()
    {
        await using var host = await Start();
        await host.Record(new Sample("c1"));
        var query = new CustomerListQuery { Workspace = host.Workspace, ReadTime = host.Now - TimeSpan.FromDays(1) };
        var refused = await Refusal(async () =>
            await host.Backend.ListCustomersAsync(query, 20, BackendHost.Cancellation)
        );
        Assert.Equal(ScoringError.ReadTimeBeforeNewestEvent, refused.Error);
    }

    [Fact]
    public async Task All_customers_of_a_filter_are_read_each_once()
    {
        await using var host = await Start();
        var ids = await Populate(host);
        var query = new CustomerListQuery { Workspace = host.Workspace, Filter = Filter.Parse("plan = pro") };
        var read = new List<CustomerScore>();
        await foreach (var some in host.Backend.ReadCustomersAsync(query, BackendHost.Cancellation))
        {
            read.AddRange(some);
        }
        var known = (await host.Scores(read[0].ReadTime, ids)).OfType<CustomerScore>();
        Assert.Equivalent(
            known.Where(c => c.Attributes.Contains(new("plan", "pro"))).OrderBy(c => c.CustomerId),
            read.Select(c => c with { ReadTime = read[0].ReadTime }).OrderBy(c => c.CustomerId),
            strict: true
        );
    }

    private static async Task<(List<CustomerScore> Customers, Instant ReadTime)> All(
        BackendHost host,
        CustomerListQuery query,
        int size
    )
    {
        var page = await host.Backend.ListCustomersAsync(query, size, BackendHost.Cancellation);
        List<CustomerScore> all = [.. page.Items.OfType<CustomerScore>()];
        while (page.Next is { } next)
        {
            page = await host.Backend.GetCustomerPageAsync(host.Workspace, next, size, BackendHost.Cancellation);
            all.AddRange(page.Items.OfType<CustomerScore>());
        }
        return (all, page.ReadTime);
    }

    private static IEnumerable<string> Sorted(IEnumerable<CustomerScore> scores, CustomerOrder order, bool falling)
    {
        if (order == CustomerOrder.Id)
        {
            var ids = scores.Select(c => c.CustomerId).Order(StringComparer.Ordinal);
            return falling ? ids.Reverse() : ids;
        }
        var valued = scores.Select(c =>
            (
                c.CustomerId,
                Value: order switch
                {
                    CustomerOrder.Score => c.Score,
                    CustomerOrder.Momentum => c.Momentum,
                    _ => c.LastEventTime?.Ticks,
                }
            )
        );
        return valued
            .OrderBy(c => c.Value is null)
            .ThenBy(c => falling ? -c.Value : c.Value)
            .ThenBy(c => c.CustomerId, StringComparer.Ordinal)
            .Select(c => c.CustomerId);
    }

    /// <summary>Customers of whom some have no events, several the same ones, and some points below 0.</summary>
    private static async Task<string[]> Populate(BackendHost host)
    {
        var random = new Random(Customers);
        string[] ids =
        [
            .. Enumerable
                .Range(0, Customers)
                .Select(i => i % 5 == 0 ? $"customer number {i}" : $"c{i}{(i % 9 == 0 ? "é" : "")}"),
        ];
        await host.Upsert([
            .. ids.Select((id, i) => new CustomerUpdate(id, "", i % 3 == 0 ? [new("plan", "pro")] : [])),
        ]);
        await host.Record([
            .. ids.Where((_, i) => i % 7 != 0)
                .SelectMany(id =>
                    Enumerable
                        .Range(0, random.Next(1, 5))
                        .Select(_ => new Sample(
                            id,
                            Type: Samples.Types[random.Next(3)],
                            Value: random.Next(4) == 0 ? -9 : 1,
                            At: host.Now - TimeSpan.FromDays(random.Next(1, 60))
                        ))
                ),
        ]);
        return ids;
    }
}
