using Scoring.Core;
using Scoring.Core.Accounts;
using Scoring.Core.Recording;

namespace Scoring.Backend.Specs;

/// <summary>How an account fares follows from its customers.</summary>
public abstract class AccountSpecs(IBackendHosts hosts) : BackendSpecs(hosts)
{
    [Fact]
    public async Task An_account_is_known_by_being_upserted_or_by_its_customers()
    {
        await using var host = await Start();
        await host.Record([.. Enumerable.Range(0, 20).Select(i => new Sample($"c{i}", Account: "members"))]);
        await host.Upsert(new AccountUpdate("empty", 5, []));

        Assert.Equal(20, (await host.Health("members")).Customers);
        var empty = await host.Health("empty");
        Assert.Equal((0, 5), (empty.Customers, empty.Breadth.Seats));
        Assert.Equal((null, AccountStatus.NotStarted), (empty.Score, empty.Status));
        Assert.Equal(AccountStatus.New, (await host.Health("members")).Status);
        var unknown = await Refusal(() => host.Health("nobody"));
        Assert.Equal(
            (ScoringError.AccountNotFound, "account_id", "nobody"),
            (unknown.Error, unknown.Field, unknown.Subject)
        );
    }

    [Fact]
    public async Task Health_is_frequency_breadth_depth_and_growth_of_the_customers()
    {
        await using var host = await Start(
            new() { Name = "default", KeyFeatures = ["search", "export", "share", "print"] }
        );
        await host.Upsert(new AccountUpdate("acme", 8, [new("tier", "gold"), new("region", "eu")]));
        await host.Upsert(new AccountUpdate("acme", null, [new("region", "")]));
        await host.Record([
            .. Days(host, "anna", "search", 0, 1, 2, 5),
            .. Days(host, "bert", "export", 3, 9),
            .. Days(host, "bert", "search", 10, 11, 12),
            .. Days(host, "carl", "print", 40),
            .. Days(host, "dora", "share", 0).Select(e => e with { Account = "globex" }),
        ]);

        var health = await host.Health("acme", windowDays: 10);

        Assert.Equal(3, health.Customers);
        Assert.Equal([new("tier", "gold")], health.Attributes);
        Assert.Equal(new Frequency(3, 2, 6, 10), health.Frequency);
        Assert.Equal(new Breadth(2, 8), health.Breadth);
        Assert.Equal(new Depth(3, 2, 4), health.Depth);
        Assert.Equal(new Growth(6, 3, AccountHistory.BeforePeriod), health.Growth);
        Assert.Equal(AccountStatus.Growing, health.Status);
        Assert.Equal(3, health.Bands.Sum(b => b.Customers));
        Assert.Equal((host.Now, "engagement", 1), (health.ReadTime, health.ModelName, health.ModelVersion));
    }

    [Fact]
    public async Task Without_key_features_every_feature_that_was_ever_used_counts_for_depth()
    {
        await using var host = await Start();
        await host.Record(
            new Sample("a", Feature: "search", Account: "acme"),
            new Sample("b", Feature: "export", Account: "globex"),
            new Sample("c", Feature: "share")
        );

        Assert.Equal(new Depth(1, 1, 3), (await host.Health("acme")).Depth);
    }

    [Theory]
    [InlineData("")]
    [InlineData("industry = retail AND seats >= 4")]
    [InlineData("NOT seats >= 0")]
    [InlineData("health > 40 AND status != churning")]
    [InlineData("status IN (not_started, new) OR customer_count > 4")]
    [InlineData("account_id:1 AND NOT industry:*")]
    public async Task Accounts_are_listed_in_every_order_as_asking_for_each_tells(string filter)
    {
        await using var host = await Start();
        string[] ids = [.. Enumerable.Range(0, 40).Select(i => $"a{i}")];
        var random = new Random(40);
        await host.Upsert([
            .. ids.Where((_, i) => i % 3 > 0)
                .Select(
                    (id, i) =>
                        new AccountUpdate(id, i % 4 == 0 ? null : i % 9, i % 2 == 0 ? [new("industry", "retail")] : [])
                ),
        ]);
        await host.Record([
            .. ids.Where((_, i) => i % 5 > 0)
                .SelectMany(id =>
                    Enumerable
                        .Range(0, random.Next(1, 9))
                        .Select(j => new Sample(
                            $"{id}-{j % 6}",
                            At: host.Now - TimeSpan.FromDays(random.Next(80)),
                            Feature: j % 2 == 0 ? $"f{random.Next(4)}" : "",
                            Account: id
                        ))
                ),
        ]);
        var query = new AccountListQuery { Workspace = host.Workspace, Filter = AccountFilter.Parse(filter) };
        var known = new List<AccountHealth>();
        foreach (var id in ids.Where((_, i) => i % 3 > 0 || i % 5 > 0))
        {
            known.Add(await host.Health(id));
        }
        foreach (var order in Enum.GetValues<AccountOrder>())
        {
            foreach (var falling in new[] { false, true })
            {
                var asked = query with { Order = order, Falling = falling };
                var page = await host.Backend.ListAccountsAsync(asked, 7, BackendHost.Cancellation);
                List<AccountHealth?> listed = [.. page.Items];
                while (page.Next is { } next)
                {
                    page = await host.Backend.GetAccountPageAsync(asked, next, 7, BackendHost.Cancellation);
                    listed.AddRange(page.Items);
                }
                var expected = Sorted(known.Where(Passes), order, falling).ToList();
                Assert.Equal(expected.Select(a => a.AccountId), listed.Select(a => a!.AccountId));
                Assert.Equal(expected.Count, page.Total);
                Assert.Equivalent(expected, listed, strict: true);
            }
        }

        bool Passes(AccountHealth account)
        {
            var isRetail = account.Attributes.Contains(new("industry", "retail"));
            return filter switch
            {
                "" => true,
                "industry = retail AND seats >= 4" => isRetail && account.Breadth.Seats >= 4,
                "NOT seats >= 0" => account.Breadth.Seats is null,
                "health > 40 AND status != churning" => account.Score > 40 && account.Status != AccountStatus.Churning,
                "account_id:1 AND NOT industry:*" => account.AccountId.Contains('1') && !isRetail,
                _ => account.Status is AccountStatus.NotStarted or AccountStatus.New || account.Customers > 4,
            };
        }

        static IEnumerable<AccountHealth> Sorted(IEnumerable<AccountHealth> accounts, AccountOrder order, bool falling)
        {
            if (order == AccountOrder.Id)
            {
                var byId = accounts.OrderBy(a => a.AccountId, StringComparer.Ordinal);
                return falling ? byId.Reverse() : byId;
            }
            return accounts
                .Select(a =>
                    (
                        Account: a,
                        Value: order switch
                        {
                            AccountOrder.Health => a.Score,
                            AccountOrder.Seats => a.Breadth.Seats,
                            _ => a.Customers,
                        }
                    )
                )
                .OrderBy(a => a.Value is null)
                .ThenBy(a => falling ? -a.Value : a.Value)
                .ThenBy(a => a.Account.AccountId, StringComparer.Ordinal)
                .Select(a => a.Account);
        }
    }

    [Theory]
    [InlineData("status = dying", "a status is not_started, new, churning, growing or stagnating")]
    [InlineData("active_days(30d) > 2", "a filter of accounts has no functions")]
    [InlineData("health = high", "'high' is no number")]
    [InlineData("seats:5", "seats takes =, !=")]
    public void A_mistake_in_a_filter_of_accounts_is_named(string filter, string message)
    {
        var refused = Assert.Throws<ScoringException>(() => AccountFilter.Parse(filter));
        Assert.Equal((ScoringError.InvalidArgument, "filter"), (refused.Error, refused.Field));
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_customer_belongs_to_the_account_that_it_was_assigned_to_last()
    {
        await using var host = await Start();
        await host.Record(new Sample("a", Account: "acme"), new Sample("b", Account: "acme"));
        Assert.Equal(2, (await host.Health("acme")).Customers);

        await host.Upsert(new CustomerUpdate("a", "globex", []));

        Assert.Equal((1, 1), ((await host.Health("acme")).Customers, (await host.Health("globex")).Customers));
        await host.CrashAndRestartAsync();
        Assert.Equal((1, 1), ((await host.Health("acme")).Customers, (await host.Health("globex")).Customers));
    }

    [Fact]
    public async Task An_event_that_comes_late_does_not_move_a_customer_back()
    {
        await using var host = await Start();
        await host.Record(
            new Sample("a", Account: "acme", At: host.Now - TimeSpan.FromDays(1)),
            new Sample("b", Account: "acme", At: host.Now - TimeSpan.FromDays(9))
        );
        await host.Upsert(new CustomerUpdate("b", "globex", []));
        host.Clock.Advance(TimeSpan.FromDays(1));
        var late = new Sample("a", "late", Account: "old", At: host.Now - TimeSpan.FromDays(30));
        Sample[] more = [late, new("b", Account: "old", At: host.Now - TimeSpan.FromDays(2)), late];

        await host.Record(more);

        Assert.Equal(["acme", "globex"], (await host.Scores(null, "a", "b")).Select(s => s!.AccountId));
        await host.DisturbAsync(new Random(3));
        await host.CrashAndRestartAsync();
        // The times of assignments are known still: an event between the old one and the newest changes nothing.
        await host.Record(new Sample("a", Account: "old", At: host.Now - TimeSpan.FromDays(3)), late);
        Assert.Equal(["acme", "globex"], (await host.Scores(null, "a", "b")).Select(s => s!.AccountId));
        await host.Record(new Sample("a", Account: "new", At: host.Now - TimeSpan.FromHours(1)));
        Assert.Equal("new", (await host.Score("a"))!.AccountId);
        Assert.Equal(1, (await host.Health("new")).Customers);
    }

    [Fact]
    public async Task Of_two_assignments_at_one_instant_the_later_one_holds()
    {
        await using var host = await Start();
        await host.Record(
            new Sample("a", Account: "acme", At: host.Now),
            new Sample("a", Account: "globex", At: host.Now)
        );
        Assert.Equal("globex", (await host.Score("a"))!.AccountId);

        await host.Upsert(new CustomerUpdate("a", "initech", []));

        Assert.Equal("initech", (await host.Score("a"))!.AccountId);
    }

    private static IEnumerable<Sample> Days(BackendHost host, string customer, string feature, params int[] daysAgo) =>
        daysAgo.Select(days => new Sample(
            customer,
            At: host.Now - TimeSpan.FromDays(days),
            Feature: feature,
            Account: "acme"
        ));
}
