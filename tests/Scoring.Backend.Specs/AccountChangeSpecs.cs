using Scoring.Core;
using Scoring.Core.History;
using Scoring.Core.Names;
using Scoring.Core.Recording;
using Scoring.Core.Time;
using Scoring.Core.Workspaces;

namespace Scoring.Backend.Specs;

/// <summary>Why the health of an account changed.</summary>
public abstract class AccountChangeSpecs(IBackendHosts hosts) : BackendSpecs(hosts)
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly int[] Windows = [1, 7, 30];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Every_part_is_what_a_list_of_all_that_happened_tells_and_all_add_up(int seed)
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
        var seen = new HashSet<AccountChangeKind>();
        for (var round = 0; round < 6; round++)
        {
            for (var step = 0; step < 15; step++)
            {
                await AccountHappenings.HappenAsync(host, naive, random);
                host.Clock.Advance(TimeSpan.FromSeconds(random.Next(1, 100_000)));
            }
            for (var pair = 0; pair < 20; pair++)
            {
                var account = AccountHappenings.Accounts[random.Next(AccountHappenings.Accounts.Count)];
                Instant? knownAt = random.Next(3) > 0 ? null : Between(start, host.Now, random);
                var to = random.Next(3) == 0 ? host.Now : Between(start, host.Now, random);
                var from = Between(start, to, random);
                seen.UnionWith(
                    await RequireSameAsync(host, naive, account, Windows[random.Next(3)], [from, to], knownAt)
                );
            }
            await host.DisturbAsync(random);
        }
        Assert.True(seen.Count >= 5, $"Hardly anything changed: {string.Join(", ", seen)}");
    }

    [Fact]
    public async Task Seats_customers_events_and_time_are_told_apart()
    {
        await using var host = await Start(new() { Name = "default", KeyFeatures = ["search", "export"] });
        await host.Upsert(new AccountUpdate("acme", 4, []));
        await host.Record(
            new Sample("ada", At: host.Now, Feature: "search", Account: "acme"),
            new Sample("bob", At: host.Now, Account: "acme")
        );
        host.Clock.Advance(10 * Day);
        await host.Record(new Sample("ada", At: host.Now, Account: "acme"));
        var first = host.Now;
        host.Clock.Advance(Day);
        await host.Upsert(new AccountUpdate("acme", 2, []));
        await host.Upsert(new CustomerUpdate("bob", "globex", []));
        await host.Record(
            new Sample("ada", Type: "purchase", At: host.Now, Feature: "export"),
            new Sample("eve", At: host.Now, Account: "acme")
        );

        for (var restarted = false; ; restarted = true)
        {
            var change = await host.HealthChange("acme", 7, first, host.Now, null);

            // One day of five working days, one of four seats, no feature within the week, one day after two.
            Assert.Equal((20 + 25 + 0 + (100 / 3.0)) / 4, change.From!.Score!.Value, 1e-9);
            Assert.Equal(change.Micros, change.Parts.Sum(part => part.Micros));
            Assert.Equal(
                [
                    // A day is active of the week still; both are of the week before.
                    (HealthDimension.Breadth, AccountChangeKind.Seats, "", "", 0, 0, 6_250_000),
                    (HealthDimension.Breadth, AccountChangeKind.Events, "login", "", 0, 1, 12_500_000),
                    (HealthDimension.Frequency, AccountChangeKind.Events, "purchase", "", 0, 1, 2_500_000),
                    (HealthDimension.Depth, AccountChangeKind.Events, "purchase", "export", 0, 1, 12_500_000),
                ],
                change
                    .Parts.Where(part => part.Dimension != HealthDimension.Growth)
                    .Select(part =>
                        (
                            part.Dimension,
                            part.Kind,
                            part.Subject,
                            part.Feature,
                            part.Customers,
                            part.Events,
                            part.Micros
                        )
                    )
            );
            Assert.Equal(
                [AccountChangeKind.Left, AccountChangeKind.Events, AccountChangeKind.Events],
                change.Parts.Where(part => part.Dimension == HealthDimension.Growth).Select(part => part.Kind)
            );
            if (restarted)
            {
                return;
            }
            await host.CrashAndRestartAsync();
        }
    }

    [Fact]
    public async Task An_account_of_which_nothing_was_known_begins_at_0_and_one_of_which_nothing_is_known_is_refused()
    {
        await using var host = await Start();
        var first = host.Now;
        host.Clock.Advance(Day);
        await host.Upsert(new AccountUpdate("acme", 2, []), new AccountUpdate("gone", 2, []));
        await host.Record(new Sample("ada", At: host.Now, Account: "acme"));
        await host.DeleteAccount("gone");

        var change = await host.HealthChange("acme", 7, first, host.Now, null);

        Assert.Null(change.From);
        Assert.Equal((35_000_000, 35_000_000), (change.Micros, change.Parts.Sum(part => part.Micros)));
        Assert.Equal(1, change.Parts.First(part => part.Kind == AccountChangeKind.Events).Events);
        foreach (var account in new[] { "gone", "nobody" })
        {
            var refused = await Refusal(() => host.HealthChange(account, 7, first, host.Now, null));
            Assert.Equal(ScoringError.AccountNotFound, refused.Error);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Parts_add_up_where_events_were_corrected_and_names_removed_too(int seed)
    {
        await using var host = await Start(variant: seed);
        var random = new Random(seed);
        await host.Upsert(
            new AccountUpdate(AccountHappenings.Accounts[0], 5, []),
            new AccountUpdate(AccountHappenings.Accounts[1], null, [])
        );
        var start = host.Now;
        for (var step = 0; step < 40; step++)
        {
            var item = new Sample(
                $"c-{random.Next(5)}",
                $"{step}",
                Samples.Types[random.Next(Samples.Types.Count)],
                1,
                host.Now - TimeSpan.FromMinutes(random.Next(5_000)),
                $"feature-{random.Next(6)}",
                AccountHappenings.Accounts[random.Next(2)]
            );
            await host.Record(item);
            host.Clock.Advance(TimeSpan.FromSeconds(random.Next(1, 100_000)));
            if (random.Next(4) == 0)
            {
                await host.Correct(
                    new EventCorrection(
                        item.Customer,
                        new(item.Type, item.At!.Value, item.Value, item.Feature, item.Account)
                    )
                );
            }
            if (random.Next(10) == 0)
            {
                var pruning = new NamePruning(null, [$"feature-{random.Next(6)}"], null, DryRun: false);
                await host.Backend.PruneNamesAsync(host.Workspace, pruning, BackendHost.Cancellation);
            }
            if (random.Next(3) == 0)
            {
                await host.DisturbAsync(random);
            }
        }
        var changed = 0;
        for (var pair = 0; pair < 40; pair++)
        {
            var to = Between(start, host.Now, random);
            var from = Between(start, to, random);
            var account = AccountHappenings.Accounts[random.Next(2)];
            var points = (await host.HealthHistory(account, 7, null, from, to)).Points;
            if (points.Count == 2)
            {
                var change = await host.HealthChange(account, 7, from, to, null);
                Assert.Equal(points[0].Score, change.From!.Score);
                Assert.Equal(points[1].Score, change.To!.Score);
                Assert.Equal(change.Micros, change.Parts.Sum(part => part.Micros));
                changed += change.Micros != 0 ? 1 : 0;
            }
        }
        Assert.True(changed > 10, $"Only {changed} changed.");
    }

    private static async Task<IEnumerable<AccountChangeKind>> RequireSameAsync(
        BackendHost host,
        NaiveAccounts naive,
        string account,
        int windowDays,
        Instant[] times,
        Instant? knownAt
    )
    {
        AccountHealthChange change;
        try
        {
            change = await host.HealthChange(account, windowDays, times[0], times[1], knownAt);
        }
        catch (ScoringException e) when (e.Error == ScoringError.AccountNotFound)
        {
            Assert.All(times, time => Assert.Null(naive.At(account, windowDays, time, knownAt)));
            return [];
        }
        foreach (var (time, health) in times.Zip([change.From, change.To]))
        {
            var was = naive.At(account, windowDays, time, knownAt);
            Assert.Equal(was.HasValue, health is not null);
            Assert.Equal(was?.Frequency, health?.Frequency);
            Assert.Equal(was?.Breadth, health?.Breadth);
            Assert.Equal(was?.Depth, health?.Depth);
            Assert.Equal(was?.Growth, health?.Growth);
        }
        Assert.Equal(MicrosOf(change.To?.Score) - MicrosOf(change.From?.Score), change.Parts.Sum(part => part.Micros));
        Assert.Equal(
            naive.Change(account, windowDays, times[0], times[1], knownAt),
            change.Parts.Select(part => part with { Customers = 0, Events = 0 })
        );
        return change.Parts.Select(part => part.Kind);

        static long MicrosOf(double? health) => (long)Math.Round(1e6 * (health ?? 0));
    }

    private static Instant Between(Instant from, Instant to, Random random) =>
        new(random.NextInt64(from.Ticks, to.Ticks));
}
