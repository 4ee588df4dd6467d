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
        Assert.Equal(new Growth(6, 3), health.Growth);
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

    [Fact]
    public async Task A_customer_belongs_to_the_account_it_was_last_said_to()
    {
        await using var host = await Start();
        await host.Record(new Sample("a", Account: "acme"), new Sample("b", Account: "acme"));
        Assert.Equal(2, (await host.Health("acme")).Customers);

        await host.Upsert(new CustomerUpdate("a", "globex", []));

        Assert.Equal((1, 1), ((await host.Health("acme")).Customers, (await host.Health("globex")).Customers));
        await host.CrashAndRestartAsync();
        Assert.Equal((1, 1), ((await host.Health("acme")).Customers, (await host.Health("globex")).Customers));
    }

    private static IEnumerable<Sample> Days(BackendHost host, string customer, string feature, params int[] daysAgo) =>
        daysAgo.Select(days => new Sample(
            customer,
            At: host.Now - TimeSpan.FromDays(days),
            Feature: feature,
            Account: "acme"
        ));
}
