using Scoring.Core.Accounts;
using Scoring.Core.Facts;
using Scoring.Core.Models;
using Scoring.Core.Populations;
using Scoring.Core.Recording;
using Scoring.Core.Tests.Oracle;
using Scoring.Core.Time;
using Scoring.Core.Workspaces;

namespace Scoring.Core.Tests.Accounts;

public sealed class AccountHealthSpecs
{
    private static readonly ScoringModel Model = Samples.Model(new EventTerm("visit", 0, Measure.Count, 10));

    [Fact]
    public void Every_figure_is_what_the_events_of_the_members_give() =>
        Scenario.ForAll(scenario =>
        {
            var oracle = scenario.Oracle;
            var today = NaiveOracle.Day(scenario.ReadTime);
            foreach (var window in new[] { 1, 7, 30, 90 })
            {
                var (first, before) = (today - window + 1, today - (2 * window) + 1);
                var members = oracle.Customers.Where(c => oracle.AccountOf(c) == "acme").ToList();
                var health = Health(scenario.Populate(), scenario.Settings, window, scenario.ReadTime, seats: 4);
                var days = members.Select(oracle.ActiveDays).ToList();
                var active = days.Count(d => d.Any(x => x >= first && x <= today));

                Assert.Equal(members.Count, health.Customers);
                Assert.Equal(active, health.Breadth.ActiveCustomers);
                Assert.Equal(days.Sum(d => d.Count(x => x >= first && x <= today)), health.Frequency.ActiveDays);
                Assert.Equal(health.Frequency.ActiveDays, health.Growth.ActiveDays);
                Assert.Equal(days.Sum(d => d.Count(x => x >= before && x < first)), health.Growth.PreviousActiveDays);
                var used = members.SelectMany(c => oracle.FeaturesUsed(c, first, today)).Distinct().Count();
                Assert.Equal(used, health.Depth.FeaturesUsed);
                Assert.Equal(
                    oracle.Customers.SelectMany(c => oracle.FeaturesUsed(c, 0, today)).Distinct().Count(),
                    health.Depth.KeyFeatures
                );
                Assert.Equal(members.Count, health.Bands.Sum(b => b.Customers));
                // Who is known for longer than active days are kept counts as active before.
                bool WasActiveBefore(string customer) =>
                    oracle.ActiveDays(customer) is { Count: > 0 } active
                    && (active.Min() < first || oracle.FirstDay(customer) <= active.Max() - ActiveDays.Span);
                Assert.Equal(
                    days.All(d => d.Count == 0) ? AccountHistory.Never
                        : members.Any(WasActiveBefore) ? AccountHistory.BeforePeriod
                        : AccountHistory.SincePeriod,
                    health.Growth.History
                );
            }
        });

    [Fact]
    public void An_account_in_daily_use_by_all_seats_is_at_its_best()
    {
        var population = new Population(Samples.Workspace);
        for (var day = 0; day < 60; day++)
        {
            population.Record("a", "visit", Samples.DaysAgo(day), account: "acme", feature: "search");
            population.Record("b", "visit", Samples.DaysAgo(day), account: "acme", feature: "reports");
        }
        var health = Health(population, Samples.Workspace, 30, Samples.Noon, seats: 2);
        Assert.Equal(
            (100, 100, 100, 50),
            (health.Frequency.Part, health.Breadth.Part, health.Depth.Part, health.Growth.Part)
        );
        Assert.Equal(87.5, health.Score);
        Assert.Equal(AccountStatus.Stagnating, health.Status);
        Assert.Equal(30, health.Frequency.ActiveDaysPerActiveCustomer);
    }

    [Theory]
    [InlineData(10, 0, AccountStatus.New)]
    [InlineData(11, 10, AccountStatus.Growing)]
    [InlineData(10, 10, AccountStatus.Stagnating)]
    [InlineData(8, 10, AccountStatus.Stagnating)]
    [InlineData(15, 20, AccountStatus.Churning)]
    [InlineData(0, 10, AccountStatus.Churning)]
    [InlineData(3, 1, AccountStatus.Growing)]
    public void The_status_follows_activity_against_the_previous_period(int now, int before, AccountStatus status)
    {
        var population = new Population(Samples.Workspace);
        for (var day = 0; day < now; day++)
        {
            population.Record("a", "visit", Samples.DaysAgo(day), account: "acme");
        }
        for (var day = 0; day < before; day++)
        {
            population.Record("a", "visit", Samples.DaysAgo(30 + day), account: "acme");
        }
        Assert.Equal(status, Health(population, Samples.Workspace, 30, Samples.Noon, seats: 1).Status);
    }

    [Fact]
    public void An_account_without_seats_has_no_breadth_and_one_without_customers_no_figures()
    {
        var population = new Population(Samples.Workspace);
        population.Record("a", "visit", Samples.Noon, account: "acme", feature: "search");
        var seatless = Health(population, Samples.Workspace, 30, Samples.Noon, seats: null);
        Assert.Null(seatless.Breadth.Part);
        Assert.Equal(1, seatless.Breadth.ActiveCustomers);
        Assert.Null(Health(population, Samples.Workspace, 30, Samples.Noon, seats: 0).Breadth.Part);

        var empty = Health(new Population(Samples.Workspace), Samples.Workspace, 30, Samples.Noon, seats: null);
        Assert.Null(empty.Score);
        Assert.Equal(AccountStatus.NotStarted, empty.Status);
        Assert.Null(empty.Frequency.Part);
        Assert.Null(empty.Depth.Part);
        Assert.Null(empty.Growth.Part);
        Assert.Null(empty.Growth.Change);
    }

    [Fact]
    public void An_account_that_nobody_ever_used_has_not_started_and_no_health()
    {
        var population = new Population(Samples.Workspace);
        var unused = Health(population, Samples.Workspace, 30, Samples.Noon, seats: 10);
        Assert.Equal((null, AccountStatus.NotStarted), (unused.Score, unused.Status));
        Assert.Equal(0, unused.Breadth.Part);

        population.Upsert(new CustomerUpdate("a", "acme", []), Samples.DaysAgo(400), 0, out _);
        population.Record("b", "payment_failed", Samples.DaysAgo(300), account: "acme");
        var quiet = Health(population, Samples.Workspace, 30, Samples.Noon, seats: 10);
        Assert.Equal((null, AccountStatus.NotStarted, 2), (quiet.Score, quiet.Status, quiet.Customers));
    }

    [Fact]
    public void An_account_whose_first_activity_lies_in_the_period_is_new_and_has_no_growth()
    {
        var population = new Population(Samples.Workspace);
        population.Upsert(new CustomerUpdate("a", "acme", []), Samples.DaysAgo(100), 0, out _);
        population.Record("a", "visit", Samples.DaysAgo(29), account: "acme");
        var health = Health(population, Samples.Workspace, 30, Samples.Noon, seats: 1);
        Assert.Equal((AccountStatus.New, null), (health.Status, health.Growth.Part));
        Assert.Equal((health.Frequency.Part + 100) / 2, health.Score);

        population.Record("a", "visit", Samples.DaysAgo(30), account: "acme");
        Assert.Equal(
            AccountStatus.Stagnating,
            Health(population, Samples.Workspace, 30, Samples.Noon, seats: 1).Status
        );
    }

    [Fact]
    public void An_account_that_comes_back_after_longer_than_active_days_are_kept_is_not_new()
    {
        var population = new Population(Samples.Workspace);
        population.Record("a", "visit", Samples.DaysAgo(500), account: "acme");
        Assert.Equal(AccountStatus.Churning, Health(population, Samples.Workspace, 30, Samples.Noon, seats: 1).Status);
        population.Record("a", "visit", Samples.DaysAgo(2), account: "acme");
        Assert.Equal(AccountStatus.Growing, Health(population, Samples.Workspace, 30, Samples.Noon, seats: 1).Status);
    }

    [Fact]
    public void An_account_that_grows_from_little_to_little_is_not_growing()
    {
        var population = new Population(Samples.Workspace);
        population.Record("a", "visit", Samples.DaysAgo(40), account: "acme");
        population.Record("a", "visit", Samples.DaysAgo(3), account: "acme");
        population.Record("a", "visit", Samples.DaysAgo(2), account: "acme");
        var health = Health(population, Samples.Workspace, 30, Samples.Noon, seats: 20);
        Assert.Equal((1.0, AccountStatus.Stagnating), (health.Growth.Change, health.Status));
        Assert.InRange(health.Score!.Value, 0, AccountHealth.GrowingAbove);
    }

    [Fact]
    public void What_happens_to_a_customer_uses_no_feature()
    {
        var population = new Population(Samples.Workspace);
        population.Record("a", "visit", Samples.DaysAgo(50), account: "acme", feature: "search");
        population.Record("a", "payment_failed", Samples.Noon, account: "acme", feature: "billing");
        population.Record("a", "payment_failed", Samples.Noon, account: "acme", feature: "search");
        var health = Health(population, Samples.Workspace, 30, Samples.Noon, seats: 1);
        Assert.Equal(new Depth(1, 0, 1), health.Depth);
        Assert.Equal(["search"], population.Names.Where(use => use.Holders is null).Select(use => use.Name.Name));
        Assert.Equal((0, AccountStatus.Churning), (health.Score, health.Status));
    }

    [Fact]
    public void Only_key_features_count_where_they_are_configured()
    {
        var settings = Samples.Workspace with { KeyFeatures = ["search", "api"] };
        var population = new Population(settings);
        population.Record("a", "visit", Samples.Noon, account: "acme", feature: "search");
        population.Record("a", "visit", Samples.Noon, account: "acme", feature: "wallpaper");
        Assert.Equal(50, Health(population, settings, 30, Samples.Noon, seats: 1).Depth.Part);
    }

    [Fact]
    public void A_customer_counts_for_the_account_that_it_moved_to()
    {
        var population = new Population(Samples.Workspace);
        foreach (var customer in new[] { "a", "b", "c" })
        {
            population.Record(customer, "visit", Samples.Noon, account: "globex");
        }
        population.Record("a", "visit", Samples.Noon, account: "acme");
        population.Record("c", "visit", Samples.Noon, account: "acme");
        population.Record("c", "visit", Samples.Noon);
        Assert.Equal(2, Health(population, Samples.Workspace, 30, Samples.Noon, seats: 1).Customers);
        Assert.Equal(1, population.TallyAccount("globex", Model, 30, Samples.Noon).Customers);
        Assert.Equal("acme", population.Score("c", Model).AccountId);
    }

    [Fact]
    public void An_account_record_keeps_what_was_not_named_and_survives_storage()
    {
        var account = new AccountRecord("acme");
        Assert.Null(account.Apply(new AccountUpdate("acme", 12, [new("tier", "gold"), new("region", "EU")]), 0));
        Assert.Null(account.Apply(new AccountUpdate("acme", null, [new("region", ""), new("csm", "Ann")]), 0));
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        account.Write(buffer);
        var read = AccountRecord.Read(buffer.WrittenSpan);
        Assert.Equal(("acme", 12), (read.AccountId, read.Seats));
        Assert.Equal([KeyValuePair.Create("csm", "Ann"), KeyValuePair.Create("tier", "gold")], read.Attributes);
        for (var length = 0; length < buffer.WrittenCount; length++)
        {
            Assert.Throws<InvalidDataException>(() => AccountRecord.Read(buffer.WrittenSpan[..length]));
        }
    }

    [Fact]
    public void An_account_has_a_bounded_number_of_attributes()
    {
        var account = new AccountRecord("acme");
        var many = Enumerable.Range(0, Limits.Attributes + 1).Select(i => KeyValuePair.Create($"k{i}", "v")).ToList();
        Assert.Equal(RejectionReason.LimitExceeded, account.Apply(new AccountUpdate("acme", 1, many), 3)!.Reason);
        Assert.Null(account.Seats);
    }

    private static AccountHealth Health(
        Population population,
        WorkspaceSettings settings,
        int window,
        Instant readTime,
        int? seats
    )
    {
        AccountRecord? account = null;
        if (seats is not null)
        {
            account = new AccountRecord("acme");
            Assert.Null(account.Apply(new AccountUpdate("acme", seats, []), 0));
        }
        return AccountTally.Summarize(
            [population.TallyAccount("acme", Model, window, readTime)],
            account,
            new AccountHealthQuery("default", "acme", window, "", readTime),
            Model,
            settings,
            readTime
        );
    }
}
