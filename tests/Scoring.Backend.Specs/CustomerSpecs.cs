using Scoring.Core;
using Scoring.Core.Accounts;
using Scoring.Core.Filters;
using Scoring.Core.Recording;

namespace Scoring.Backend.Specs;

/// <summary>One customer, one account: what is known of it.</summary>
public abstract class CustomerSpecs(IBackendHosts hosts) : BackendSpecs(hosts)
{
    private static readonly string[] Types = [.. Samples.Types, "subscription_cancelled", "subscription_started"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task What_is_known_of_a_customer_follows_from_all_that_happened_to_it(int seed)
    {
        var random = new Random(seed);
        await using var host = await Start(variant: seed);
        var naive = new NaiveCustomers();
        for (var step = 0; step < 30; step++)
        {
            await Step(host, naive, random);
            host.Clock.Advance(TimeSpan.FromHours(random.Next(10)));
        }
        await AssertSame(host, naive);
        await host.CrashAndRestartAsync();
        await AssertSame(host, naive);
    }

    [Fact]
    public async Task What_is_known_of_an_account_is_its_record_and_how_many_customers_it_has()
    {
        await using var host = await Start();
        await host.Upsert(new AccountUpdate("acme", 8, [new("tier", "gold"), new("region", "eu")]));
        await host.Upsert(new AccountUpdate("acme", null, [new("region", "")]));
        await host.Record([.. Enumerable.Range(0, 20).Select(i => new Sample($"c{i}", Account: "acme"))]);
        await host.Record(new Sample("d", Account: "byname"));
        await host.Upsert(new CustomerUpdate("c3", "byname", []));

        for (var restarted = false; ; restarted = true)
        {
            var acme = (await host.Account("acme"))!;
            Assert.Equal(("acme", true, 8, 19), (acme.AccountId, acme.IsUpserted, acme.Seats, acme.Customers));
            Assert.Equal([new("tier", "gold")], acme.Attributes);
            Assert.Equivalent(
                new AccountDetails("byname", IsUpserted: false, null, [], 2),
                await host.Account("byname")
            );
            Assert.Null(await host.Account("nobody"));
            if (restarted)
            {
                return;
            }
            await host.CrashAndRestartAsync();
        }
    }

    [Fact]
    public async Task An_attribute_is_removed_by_an_empty_value_and_the_others_stay()
    {
        await using var host = await Start();
        await host.Upsert(new CustomerUpdate("ada", "", [new("plan", "pro"), new("email", "ada@example.org")]));

        await host.Upsert(new CustomerUpdate("ada", "", [new("email", "")]));

        Assert.Equal([new("plan", "pro")], (await host.Customer("ada"))!.Attributes);
        await host.CrashAndRestartAsync();
        Assert.Equal([new("plan", "pro")], (await host.Customer("ada"))!.Attributes);
    }

    [Fact]
    public async Task A_customer_that_moves_to_another_account_takes_its_history_along()
    {
        await using var host = await Start();
        await host.Record([
            .. Enumerable
                .Range(1, 5)
                .Select(i => new Sample("ada", Account: "acme", At: host.Now - TimeSpan.FromDays(i))),
        ]);
        await host.Record(new Sample("bob", Account: "acme", At: host.Now - TimeSpan.FromDays(1)));
        var before = (await host.Customer("ada"))!;

        await host.Upsert(new CustomerUpdate("ada", "globex", []));

        var after = (await host.Customer("ada"))!;
        Assert.Equal(("acme", "globex"), (before.AccountId, after.AccountId));
        Assert.Equal((before.FirstDay, before.LastEvent), (after.FirstDay, after.LastEvent));
        Assert.Equal(before.ActiveDays, after.ActiveDays);
        Assert.Equal(
            before.Events.Select(e => (e.EventType, e.Count)),
            after.Events.Select(e => (e.EventType, e.Count))
        );
        // What it did counts for the account that it belongs to now.
        Assert.Equal(5, (await host.Health("globex")).Frequency.ActiveDays);
        Assert.Equal(1, (await host.Health("acme")).Frequency.ActiveDays);
    }

    [Fact]
    public async Task A_customer_that_is_deleted_is_gone_from_every_answer_at_once_and_after_a_crash()
    {
        await using var host = await Start();
        await host.Upsert(new AccountUpdate("acme", 8, []));
        await host.Upsert(
            new CustomerUpdate("ada", "acme", [new("plan", "pro"), new("email", "ada@example.org")]),
            new CustomerUpdate("bob", "acme", [new("plan", "pro")])
        );
        await host.Record(
            new Sample("ada", "e1", "login", Feature: "export", At: host.Now),
            new Sample("bob", "e2", "purchase", At: host.Now - TimeSpan.FromDays(1))
        );

        Assert.True(await host.Delete("ada"));

        for (var restarted = false; ; restarted = true)
        {
            Assert.Null(await host.Customer("ada"));
            Assert.Null(await host.Score("ada"));
            Assert.False(await host.Delete("ada"));
            Assert.Equal(1, (await host.Account("acme"))!.Customers);
            Assert.Equal(1, (await host.Health("acme")).Customers);
            var everyone = await host.Segment(query => query with { EventTotals = true, Top = 5 });
            Assert.Equal(["bob"], everyone.Top.Select(top => top.CustomerId));
            Assert.Equal(["purchase"], everyone.EventTotals.Select(total => total.EventType));
            foreach (
                var filter in new[]
                {
                    "customer_id = ada",
                    "customer_id = \"ad*\"",
                    "email: *",
                    "used(export)",
                    "NOT plan = pro",
                }
            )
            {
                var found = await host.Segment(query => query with { Filter = Filter.Parse(filter) });
                Assert.Equal((filter, 0L), (filter, found.Customers));
            }
            if (restarted)
            {
                return;
            }
            await host.CrashAndRestartAsync();
        }
    }

    [Fact]
    public async Task What_comes_of_a_deleted_customer_makes_a_new_one_but_an_event_that_is_sent_again()
    {
        await using var host = await Start();
        var known = new Sample("ada", "e1", At: host.Now);
        await host.Record(known);
        await host.Delete("ada");

        await host.Record(known);
        Assert.Null(await host.Customer("ada"));
        await host.Record(known with { Id = "e2" });

        Assert.Equal(1, Assert.Single((await host.Customer("ada"))!.Events).Count);
        await host.CrashAndRestartAsync();
        Assert.Equal(1, Assert.Single((await host.Customer("ada"))!.Events).Count);
    }

    [Fact]
    public async Task An_account_is_deleted_once_no_customer_belongs_to_it_or_with_these_left_without()
    {
        await using var host = await Start();
        await host.Upsert(new AccountUpdate("acme", 8, [new("tier", "gold")]), new AccountUpdate("globex", 3, []));
        await host.Record([.. Enumerable.Range(0, 20).Select(i => new Sample($"c{i}", Account: "acme"))]);

        var refused = await Refusal(() => host.DeleteAccount("acme"));
        Assert.Equal((ScoringError.AccountInUse, "account_id"), (refused.Error, refused.Field));
        Assert.Equal(20, (await host.Account("acme"))!.Customers);
        Assert.True(await host.DeleteAccount("acme", releaseCustomers: true));
        Assert.True(await host.DeleteAccount("globex"));
        Assert.False(await host.DeleteAccount("globex"));

        for (var restarted = false; ; restarted = true)
        {
            Assert.Null(await host.Account("acme"));
            Assert.Null(await host.Account("globex"));
            Assert.Equal(
                ("", 1L),
                ((await host.Customer("c3"))!.AccountId, (await host.Customer("c3"))!.Events[0].Count)
            );
            if (restarted)
            {
                break;
            }
            await host.CrashAndRestartAsync();
        }
        await host.Upsert(new AccountUpdate("acme", null, []));
        Assert.Equivalent(new AccountDetails("acme", IsUpserted: true, null, [], 0), await host.Account("acme"));
    }

    private static async Task Step(BackendHost host, NaiveCustomers naive, Random random)
    {
        switch (random.Next(10))
        {
            case 8 or 9:
                await MergeSome(host, naive, random);
                break;
            case 6 or 7:
                var gone = $"c{random.Next(25)}";
                Assert.Equal(naive.Delete(gone), await host.Delete(gone));
                break;
            case 0:
                await host.DisturbAsync(random);
                break;
            case 1:
                await AssertSame(host, naive);
                break;
            case 2:
                CustomerUpdate[] updates = [.. Enumerable.Range(0, 5).Select(_ => Update(random))];
                await host.Upsert(updates);
                naive.Upsert(host.Now, updates);
                break;
            default:
                Sample[] events = [.. Enumerable.Range(0, random.Next(1, 60)).Select(_ => Event(host, random))];
                await host.Record(events);
                naive.Record(events);
                break;
        }
    }

    private static async Task MergeSome(BackendHost host, NaiveCustomers naive, Random random)
    {
        var survivor = naive.RootOf($"c{random.Next(25)}");
        string[] merged =
        [
            .. naive.Known.Where(id => id != survivor).Order(StringComparer.Ordinal).Where(_ => random.Next(8) == 0),
        ];
        if (merged.Length > 0)
        {
            var known = await host.Merge(survivor, merged);
            foreach (var id in merged)
            {
                naive.Merge(host.Now, survivor, id);
            }
            naive.AssertSame(survivor, known);
        }
    }

    private static async Task AssertSame(BackendHost host, NaiveCustomers naive)
    {
        foreach (var number in Enumerable.Range(0, 26))
        {
            naive.AssertSame($"c{number}", await host.Customer($"c{number}"));
        }
        var segment = await host.Segment(query => query with { EventTotals = true, Top = 100 });
        Assert.Equal(naive.Known.Count(), segment.Customers);
        Assert.Equal(
            naive.Totals,
            segment
                .EventTotals.OrderBy(total => total.EventType, StringComparer.Ordinal)
                .Select(total => (total.EventType, total.Count, total.Value))
        );
        Assert.Equal(
            naive.Known.Order(StringComparer.Ordinal),
            segment.Top.Select(top => top.CustomerId).Order(StringComparer.Ordinal)
        );
        foreach (var account in Enumerable.Range(0, 4).Select(number => $"a{number}"))
        {
            Assert.Equal(naive.MembersOf(account), (await host.Account(account))?.Customers ?? 0);
        }
    }

    private static Sample Event(BackendHost host, Random random) =>
        new(
            $"c{random.Next(20)}",
            $"{Guid.NewGuid()}",
            Types[random.Next(Types.Length)],
            random.Next(3) == 0 ? random.Next(5) / 4.0 : 1,
            host.Now - TimeSpan.FromHours(random.Next(random.Next(4) == 0 ? 6_000 : 90)),
            random.Next(2) == 0 ? $"f{random.Next(4)}" : "",
            random.Next(6) == 0 ? $"a{random.Next(4)}" : ""
        );

    private static CustomerUpdate Update(Random random) =>
        new(
            $"c{random.Next(25)}",
            random.Next(2) == 0 ? $"a{random.Next(4)}" : "",
            [.. Enumerable.Range(0, random.Next(3)).Select(key => Attribute($"k{key}", random))]
        );

    private static KeyValuePair<string, string> Attribute(string key, Random random) =>
        new(key, random.Next(3) == 0 ? "" : $"v{random.Next(5)}");
}
