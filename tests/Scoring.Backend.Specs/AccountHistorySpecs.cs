using Scoring.Core;
using Scoring.Core.Accounts;
using Scoring.Core.Evaluation;
using Scoring.Core.Filters;
using Scoring.Core.History;
using Scoring.Core.Recording;
using Scoring.Core.Time;
using Scoring.Core.Workspaces;

namespace Scoring.Backend.Specs;

/// <summary>How an account fared.</summary>
public abstract class AccountHistorySpecs(IBackendHosts hosts) : BackendSpecs(hosts)
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    // Times of receipt are kept to the second.
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly int[] Windows = [1, 7, 30];

    /// <summary>Filters by what accounts are.</summary>
    private static readonly (string Filter, Func<AccountRecord?, bool> Holds)[] Segments =
    [
        ("account.key1 IN (1, 2, 3)", account => AttributeOf(account, "key1") is "1" or "2" or "3"),
        ("account.seats >= 4 OR account.key2:*", a => a?.Seats >= 4 || AttributeOf(a, "key2") is not null),
        ("NOT account.seats < 6 AND NOT account.key0 = 2", a => !(a?.Seats < 6) && AttributeOf(a, "key0") != "2"),
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Every_point_is_what_a_list_of_all_that_happened_tells(int seed)
    {
        var settings = new WorkspaceSettings
        {
            Name = "default",
            PassiveEventTypes = ["complaint"],
            KeyFeatures = seed % 2 == 0 ? ["search", "print"] : [],
        };
        await using var host = await Start(settings, variant: seed);
        var random = new Random(seed);
        var naive = new NaiveAccounts(settings);
        var start = host.Now;
        for (var round = 0; round < 6; round++)
        {
            for (var step = 0; step < 15; step++)
            {
                await AccountHappenings.HappenAsync(host, naive, random);
                host.Clock.Advance(TimeSpan.FromSeconds(random.Next(1, 100_000)));
            }
            Instant[] times =
            [
                .. Enumerable.Range(0, 7).Select(_ => Between(start, host.Now, random)).Order(),
                host.Now,
            ];
            foreach (var account in AccountHappenings.Accounts)
            {
                await RequireSameAsync(host, naive, account, Windows[random.Next(3)], null, times);
                await RequireSameAsync(host, naive, account, 7, Between(start, host.Now, random), times);
            }
            foreach (var (filter, holds) in Segments)
            {
                foreach (var knownAt in new Instant?[] { null, Between(start, host.Now, random) })
                {
                    Assert.Equal(
                        times.Select(time => (long)naive.Count(holds, time, knownAt)),
                        (await host.SegmentHistory(filter, knownAt, times)).Select(point => point.Customers)
                    );
                }
            }
            await host.DisturbAsync(random);
        }
    }

    [Fact]
    public async Task Who_belongs_to_a_segment_of_accounts_is_told_by_what_these_were_then()
    {
        await using var host = await Start();
        await host.Record(new Sample("ada", Account: "acme"), new Sample("bob", Account: "globex"));
        await host.Upsert(new AccountUpdate("acme", 3, [new("tier", "gold")]), new AccountUpdate("globex", 9, []));
        var first = host.Now;
        host.Clock.Advance(Day);
        await host.Upsert(
            new AccountUpdate("acme", 12, [new("tier", "")]),
            new AccountUpdate("globex", null, [new("tier", "gold")])
        );
        host.Clock.Advance(Day);
        await host.Record(new Sample("eve", At: host.Now, Account: "acme"));
        Instant[] times = [first - Day, first, first + Day, host.Now];

        for (var restarted = false; ; restarted = true)
        {
            Assert.Equal([0, 1, 1, 1], await Of("account.tier = gold"));
            Assert.Equal([0, 1, 1, 2], await Of("NOT account.tier = gold"));
            Assert.Equal([0, 1, 2, 3], await Of("account.seats > 8"));
            Assert.Equal([0, 1, 1, 1], await Of("account.seats > 8", first + Second));
            var moved = (await host.Movers("account.tier = gold", first, host.Now, null, 5)).Tally;
            Assert.Equal(
                (1, 1, 0),
                (
                    moved[SegmentGroup.Joined].Customers,
                    moved[SegmentGroup.Left].Customers,
                    moved[SegmentGroup.Stayed].Customers
                )
            );
            var judged = await host.Evaluate(
                new()
                {
                    Workspace = host.Workspace,
                    Filter = Filter.Parse("account.seats > 8"),
                    Outcome = new OutcomeRule.OfEvent("purchase", CanRecur: true),
                    CutOffs = [first + Second, first + Day],
                    Horizon = Day,
                }
            );
            Assert.Equal([1, 2], judged.CutOffs.Select(point => point.Customers));
            if (restarted)
            {
                return;
            }
            await host.CrashAndRestartAsync();
        }

        async Task<IEnumerable<long>> Of(string filter, Instant? knownAt = null) =>
            (await host.SegmentHistory(filter, knownAt, times)).Select(point => point.Customers);
    }

    [Fact]
    public async Task A_feature_is_one_of_all_from_when_its_use_was_known_unless_that_was_voided()
    {
        await using var host = await Start();
        var start = host.Now;
        host.Clock.Advance(3 * Day);
        // Of a past that was imported.
        await host.Record(
            new Sample("ada", At: start, Feature: "reports", Account: "acme", KnownAt: start),
            new Sample("bob", At: start, Feature: "search", Account: "globex", KnownAt: start + Day),
            new Sample("eve", At: start, Feature: "export", Account: "globex", KnownAt: start)
        );
        host.Clock.Advance(Day);
        await host.Correct(new EventCorrection("eve", new("login", start, Feature: "export")));
        host.Clock.Advance(Day);

        Assert.Equal(2, await FeaturesAsync(knownAt: start + Second));
        Assert.Equal(3, await FeaturesAsync(knownAt: start + (2 * Day)));
        Assert.Equal(2, await FeaturesAsync(knownAt: null));

        async Task<int> FeaturesAsync(Instant? knownAt) =>
            Assert.Single((await host.HealthHistory("acme", 30, knownAt, start + Day)).Points).Depth.KeyFeatures;
    }

    [Fact]
    public async Task The_last_point_is_the_health_now_and_a_read_time_of_the_past_tells_one_of_the_points()
    {
        await using var host = await Start();
        await host.Upsert(new AccountUpdate("acme", 4, [new("tier", "gold")]));
        host.Clock.Advance(Day);
        await host.Record(
            new Sample("ada", At: host.Now, Feature: "search", Account: "acme"),
            new Sample("bob", At: host.Now, Account: "acme")
        );
        var then = host.Now;
        host.Clock.Advance(20 * Day);
        await host.Upsert(new AccountUpdate("acme", 2, [new("tier", "lead")]));
        await host.Upsert(new CustomerUpdate("bob", "other", []));
        await host.Record(new Sample("ada", At: host.Now, Feature: "export"));

        for (var restarted = false; ; restarted = true)
        {
            var points = (await host.HealthHistory("acme", 30, null, then - (2 * Day), then, host.Now)).Points;
            Assert.Equal(2, points.Count);
            AssertSame(await host.Health("acme", at: then), points[0]);
            AssertSame(await host.Health("acme"), points[1]);
            Assert.Equal((2, 4, "gold"), (points[0].Customers, points[0].Breadth.Seats, points[0].Attributes[0].Value));
            Assert.Equal((1, 2, "lead"), (points[1].Customers, points[1].Breadth.Seats, points[1].Attributes[0].Value));
            Assert.Equal(AccountStatus.New, points[0].Status);
            Assert.Equal((1, 2), (points[1].Depth.FeaturesUsed - 1, points[1].Depth.KeyFeatures));
            var unknown = await Refusal(() => host.Health("acme", at: then - (2 * Day)));
            Assert.Equal(ScoringError.AccountNotFound, unknown.Error);
            if (restarted)
            {
                return;
            }
            await host.CrashAndRestartAsync();
        }
    }

    [Fact]
    public async Task What_was_not_known_yet_is_left_out()
    {
        await using var host = await Start();
        await host.Upsert(new AccountUpdate("acme", 2, []));
        await host.Record(new Sample("ada", At: host.Now, Account: "acme"));
        var then = host.Now + Day;
        host.Clock.Advance(3 * Day);
        await host.Record(new Sample("bob", At: then, Account: "acme"));
        await host.Upsert(new AccountUpdate("acme", 9, []));
        host.Clock.Advance(Day);

        Assert.Equal([(2, 2), (2, 9)], await Of(null));
        Assert.Equal([(1, 2), (1, 2)], await Of(then));

        async Task<IEnumerable<(long, int?)>> Of(Instant? knownAt) =>
            (await host.HealthHistory("acme", 30, knownAt, then, host.Now)).Points.Select(point =>
                (point.Customers, point.Breadth.Seats)
            );
    }

    [Fact]
    public async Task An_account_of_which_nothing_is_known_has_no_history()
    {
        await using var host = await Start();
        await host.Upsert(new AccountUpdate("gone", 2, []));
        var before = host.Now;
        host.Clock.Advance(Day);
        await host.DeleteAccount("gone");
        await host.Upsert(new AccountUpdate("acme", 2, []));

        foreach (var account in new[] { "gone", "nobody" })
        {
            var refused = await Refusal(() => host.HealthHistory(account, 30, null, before, host.Now));
            Assert.Equal(ScoringError.AccountNotFound, refused.Error);
        }
        Assert.Empty((await host.HealthHistory("acme", 30, null, before)).Points);
    }

    [Fact]
    public async Task The_past_forgets_an_account_that_is_deleted_when_nobody_belongs_to_it_any_more()
    {
        await using var host = await Start();
        await host.Record(new Sample("ada", At: host.Now, Account: "acme"));
        var before = host.Now;
        host.Clock.Advance(Day);
        await host.Upsert(new CustomerUpdate("ada", "other", []));
        Assert.Single((await host.HealthHistory("acme", 30, null, before)).Points);

        Assert.False(await host.DeleteAccount("acme"));

        for (var restarted = false; ; restarted = true)
        {
            var refused = await Refusal(() => host.HealthHistory("acme", 30, null, before));
            Assert.Equal(ScoringError.AccountNotFound, refused.Error);
            Assert.Equal(1, (await host.Health("other")).Customers);
            if (restarted)
            {
                return;
            }
            await host.CrashAndRestartAsync();
        }
    }

    private static async Task RequireSameAsync(
        BackendHost host,
        NaiveAccounts naive,
        string account,
        int windowDays,
        Instant? knownAt,
        Instant[] times
    )
    {
        var expected = times.Select(time => (Time: time, Was: naive.At(account, windowDays, time, knownAt)));
        var known = expected.Where(of => of.Was.HasValue).ToList();
        IReadOnlyList<AccountHealth> points = [];
        try
        {
            points = (await host.HealthHistory(account, windowDays, knownAt, times)).Points;
        }
        catch (ScoringException e) when (e.Error == ScoringError.AccountNotFound) { }
        Assert.Equal(known.Select(of => of.Time), points.Select(point => point.ReadTime));
        foreach (var ((_, was), point) in known.Zip(points))
        {
            var (record, frequency, breadth, depth, growth) = was!.Value;
            Assert.Equal(frequency, point.Frequency);
            Assert.Equal(breadth, point.Breadth);
            Assert.Equal(depth, point.Depth);
            Assert.Equal(growth, point.Growth);
            Assert.Equal(record?.Attributes ?? [], point.Attributes);
            Assert.Equal(frequency.Customers, point.Bands.Sum(band => band.Customers));
        }
        if (knownAt is null && points.Count > 0 && points[^1].ReadTime == host.Now)
        {
            AssertSame(await host.Health(account, windowDays), points[^1]);
        }
    }

    private static void AssertSame(AccountHealth expected, AccountHealth point)
    {
        Assert.Equal(expected.Attributes, point.Attributes);
        Assert.Equal(expected.Bands, point.Bands);
        Assert.Equal(expected with { Attributes = [], Bands = [] }, point with { Attributes = [], Bands = [] });
    }

    private static string? AttributeOf(AccountRecord? account, string key) =>
        account
            ?.Attributes.Where(attribute => attribute.Key == key)
            .Select(attribute => attribute.Value)
            .FirstOrDefault();

    private static Instant Between(Instant from, Instant to, Random random) =>
        new(random.NextInt64(from.Ticks, to.Ticks));
}
