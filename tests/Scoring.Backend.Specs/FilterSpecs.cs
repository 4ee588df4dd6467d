using Scoring.Core;
using Scoring.Core.Filters;
using Scoring.Core.Lifecycles;
using Scoring.Core.Recording;
using Scoring.Core.Scores;
using Scoring.Core.Time;
using Scoring.Core.Workspaces;

namespace Scoring.Backend.Specs;

/// <summary>A filter finds the customers that looking at each of them finds.</summary>
public abstract class FilterSpecs(IBackendHosts hosts) : BackendSpecs(hosts)
{
    private const int Customers = 240;
    private static readonly string[] Countries = ["nl", "de", "US", "fr"];
    private static readonly string[] Features = ["reports", "alerts", "exports"];

    /// <summary>Filters, and who they are to find.</summary>
    private static readonly (string Filter, Func<Known, bool> Finds)[] Cases =
    [
        ("plan = pro", c => c["plan"] == "pro"),
        ("plan != \"pro\"", c => c["plan"] != "pro"),
        ("attributes.plan IN (pro, 'trial')", c => c["plan"] is "pro" or "trial"),
        ("plan:*", c => c["plan"] != ""),
        ("name:\"MER 1\"", c => c["name"].Contains("mer 1", StringComparison.OrdinalIgnoreCase)),
        ("seats < 5", c => c.Number("seats") < 5),
        ("NOT seats < 5", c => !(c.Number("seats") < 5)),
        ("seats >= 10.5 AND seats <= 1e2", c => c.Number("seats") is >= 10.5 and <= 100),
        ("seats = 7", c => c["seats"] == "7"),
        ("attributes.score > 1", c => c.Number("score") > 1),
        ("name = \"customer 17\"", c => c["name"] == "customer 17"),
        (
            "country != US AND country IN (nl, de) OR plan = pro",
            c => c["country"] != "US" && (c["country"] is "nl" or "de" || c["plan"] == "pro")
        ),
        ("plan = pro OR plan = trial AND country = nl", c => c["plan"] is "pro" or "trial" && c["country"] == "nl"),
        (
            "(plan = pro AND country = nl) OR plan = trial",
            c => (c["plan"] == "pro" && c["country"] == "nl") || c["plan"] == "trial"
        ),
        ("NOT (plan = pro OR country = nl)", c => c["plan"] != "pro" && c["country"] != "nl"),
        ("NOT NOT plan = pro", c => c["plan"] == "pro"),
        ("customer_id = c7", c => c.Id == "c7"),
        ("customer_id IN (c7, c8, nobody)", c => c.Id is "c7" or "c8"),
        ("customer_id:\"C1\"", c => c.Id.StartsWith("c1", StringComparison.Ordinal)),
        ("account_id = a3", c => c.Account == "a3"),
        ("account_id:*", c => c.Account != ""),
        ("NOT account_id:*", c => c.Account == ""),
        ("account.industry = retail", c => c.OfAccount("industry") == "retail"),
        ("account.industry != retail", c => c.OfAccount("industry") != "retail"),
        ("account.industry:* AND account.seats >= 20", c => c.OfAccount("industry") != "" && c.Seats >= 20),
        ("account.seats IN (10, 20)", c => c.Seats is 10 or 20),
        (
            "account(\"number of sites\") > 2",
            c => double.TryParse(c.OfAccount("number of sites"), out var sites) && sites > 2
        ),
        ("account.attributes.seats = none", c => c.OfAccount("seats") == "none"),
        ("score < 40", c => c.Score.Score < 40),
        ("score >= 40 AND plan = pro", c => c.Score.Score >= 40 && c["plan"] == "pro"),
        ("display_score = 1", c => c.Score.Index == 1),
        ("band = high", c => c.Score.Band == "high"),
        ("band != high", c => c.Score.Band != "high"),
        ("momentum > 0", c => c.Score.Momentum > 0),
        ("NOT momentum > 0", c => !(c.Score.Momentum > 0)),
        ("lifecycle = churned", c => c.Score.Lifecycle == Lifecycle.Churned),
        ("lifecycle IN (new, dormant)", c => c.Score.Lifecycle is Lifecycle.New or Lifecycle.Dormant),
        ("last_event < 14d", c => c.LastEvent is { } at && c.Now - at < TimeSpan.FromDays(14)),
        ("last_event >= 36h", c => c.LastEvent is { } at && c.Now - at >= TimeSpan.FromHours(36)),
        ("last_event > 2025-01-01", c => c.LastEvent is { } at && at > Day(2025, 1, 1)),
        (
            "last_event <= 2024-12-20T12:00:00Z",
            c => c.LastEvent is { } at && at <= Day(2024, 12, 20) + TimeSpan.FromHours(12)
        ),
        ("NOT last_event < 520w", c => c.LastEvent is null),
        ("last_event(purchase) < 14d", c => c.LastDay("purchase") is { } at && c.Now - at < TimeSpan.FromDays(14)),
        (
            "last_event(\"cancelled\") >= 36h",
            c => c.LastDay("cancelled") is { } at && c.Now - at >= TimeSpan.FromHours(36)
        ),
        ("last_event(purchase) >= 2024-12-20", c => c.LastDay("purchase") >= Day(2024, 12, 20)),
        ("NOT last_event(purchase) < 520w", c => c.LastDay("purchase") is null),
        ("last_event(unheard) < 520w", _ => false),
        ("NOT last_event(unheard) < 520w", _ => true),
        ("active_days(30d) >= 3", c => c.ActiveDays(30) >= 3),
        ("active_days(1d) = 1", c => c.ActiveDays(1) == 1),
        ("events(\"purchase\") > 1", c => c.Of("purchase").Count() > 1),
        ("events(purchase) = 0", c => !c.Of("purchase").Any()),
        ("events(unheard) = 0", _ => true),
        ("events(unheard) > 0", _ => false),
        ("events(purchase, 30d) >= 0.47", c => c.Of("purchase").Sum(e => c.Decay(e, 30)) >= 0.47),
        ("quantity(purchase) > 20", c => c.Of("purchase").Sum(e => e.Value) > 20),
        ("quantity(\"purchase\", 7d) < 1", c => c.Of("purchase").Sum(e => e.Value * c.Decay(e, 7)) < 1),
        ("used(\"reports\")", c => c.Events.Any(e => e.Feature == "reports")),
        (
            "NOT used(reports) AND used(alerts)",
            c => c.Events.Any(e => e.Feature == "alerts") && c.Events.All(e => e.Feature != "reports")
        ),
        (
            "plan = \"pro\" AND (country != \"US\" OR NOT seats < 5) AND score < 40 AND last_event < 14d",
            c =>
                c["plan"] == "pro"
                && (c["country"] != "US" || !(c.Number("seats") < 5))
                && c.Score.Score < 40
                && c.LastEvent is { } at
                && c.Now - at < TimeSpan.FromDays(14)
        ),
    ];

    [Fact]
    public async Task A_filter_finds_whom_looking_at_each_customer_finds()
    {
        await using var host = await Start(
            new WorkspaceSettings
            {
                Name = WorkspaceSettings.DefaultName,
                PassiveEventTypes = ["cancelled"],
                Lifecycle = new() { EndingEventTypes = ["cancelled"] },
            }
        );
        var customers = await Populate(host);

        await AssertAll();
        await host.CrashAndRestartAsync();
        await AssertAll();

        async Task AssertAll()
        {
            var readTime = (await host.Segment()).ReadTime;
            var scores = await host.Scores(readTime, [.. customers.Select(c => c.Id)]);
            Known[] known = [.. customers.Zip(scores, (c, score) => c with { Score = score!, Now = readTime })];
            foreach (var (filter, finds) in Cases)
            {
                var expected = known.Where(finds).Select(c => c.Id).ToHashSet();
                var segment = await host.Segment(query =>
                    query with
                    {
                        Filter = Filter.Parse(filter),
                        ReadTime = readTime,
                        Top = Customers,
                        EventTotals = true,
                    }
                );
                var found = segment.Top.Select(c => c.CustomerId).ToHashSet();
                Assert.True(
                    expected.SetEquals(found),
                    $"{filter} leaves out [{string.Join(' ', expected.Except(found))}] and finds [{string.Join(' ', found.Except(expected))}] too."
                );
                Assert.Equal(expected.Count, segment.Customers);
                Assert.Equal(
                    known.Where(finds).Sum(c => c.Events.Count),
                    segment.EventTotals.Sum(total => (double)total.Count)
                );
            }
        }
    }

    [Fact]
    public async Task A_filter_on_accounts_finds_what_was_acknowledged_before()
    {
        await using var host = await Start();
        await host.Record(new Sample("c1", Account: "acme"), new Sample("c2", Account: "other"));
        for (var seats = 1; seats <= 10; seats++)
        {
            await host.Upsert(new AccountUpdate("acme", seats, []));
            var segment = await host.Segment(query =>
                query with
                {
                    Filter = Filter.Parse($"account.seats = {seats}"),
                    Top = 5,
                }
            );
            Assert.Equal(["c1"], segment.Top.Select(c => c.CustomerId));
        }
    }

    [Fact]
    public async Task A_filter_that_asks_for_a_half_life_which_is_not_kept_names_those_that_are()
    {
        await using var host = await Start();
        var refused = await Refusal(() =>
            host.Segment(query => query with { Filter = Filter.Parse("events(login, 9d) > 1") })
        );
        Assert.Equal((ScoringError.InvalidArgument, "filter"), (refused.Error, refused.Field));
        Assert.Contains("half-life of 9d; the workspace", refused.Message, StringComparison.Ordinal);
        Assert.Contains("keeps 7d, 30d", refused.Message, StringComparison.Ordinal);
    }

    private static Instant Day(int year, int month, int day) =>
        Instant.From(new DateTimeOffset(year, month, day, 0, 0, 0, TimeSpan.Zero));

    private static async Task<List<Known>> Populate(BackendHost host)
    {
        var random = new Random(Customers);
        var accounts = Enumerable
            .Range(0, 12)
            .ToDictionary(i => $"a{i}", i => new AccountUpdate($"a{i}", i % 3 == 0 ? null : i * 5, AttributesOf(i)));
        var customers = Enumerable
            .Range(0, Customers)
            .Select(i =>
            {
                // Some accounts are only known by their customers.
                var account = i % 5 == 0 ? "" : $"a{random.Next(14)}";
                return new Known($"c{i}", account, accounts.GetValueOrDefault(account), Attributes(i), []);
            })
            .ToList();
        await host.Upsert([.. accounts.Values]);
        await host.Upsert([.. customers.Select(c => new CustomerUpdate(c.Id, c.Account, [.. c.Attributes]))]);
        foreach (var customer in customers.Where((_, i) => i % 11 != 0))
        {
            var count = random.Next(1, 12);
            for (var i = 0; i < count; i++)
            {
                customer.Events.Add(
                    new Sample(
                        customer.Id,
                        Type: random.Next(40) == 0 ? "cancelled" : Samples.Types[random.Next(3)],
                        Value: random.Next(1, 9),
                        At: host.Now - TimeSpan.FromHours(random.Next(1, 24 * random.Next(2, 60))),
                        Feature: random.Next(3) == 0 ? Features[random.Next(3)] : ""
                    )
                );
            }
        }
        await host.Record([.. customers.SelectMany(c => c.Events)]);
        // Features are not noted of passive events.
        return
        [
            .. customers.Select(c =>
                c with
                {
                    Events = [.. c.Events.Select(e => e.Type == "cancelled" ? e with { Feature = "" } : e)],
                }
            ),
        ];

        static List<KeyValuePair<string, string>> AttributesOf(int account) =>
            account switch
            {
                < 5 => [new("industry", "retail"), new("number of sites", $"{account}")],
                < 9 => [new("industry", "energy"), new("seats", "none")],
                _ => [],
            };

        static Dictionary<string, string> Attributes(int i)
        {
            var attributes = new Dictionary<string, string> { ["name"] = $"customer {i}" };
            if (i % 4 > 0)
            {
                attributes["plan"] = (i % 4) switch
                {
                    1 => "pro",
                    2 => "free",
                    _ => "trial",
                };
            }
            if (i % 3 > 0)
            {
                attributes["country"] = Countries[i % 4];
            }
            if (i % 7 > 0)
            {
                attributes["seats"] = i % 7 == 1 ? "many" : $"{i % 31}{(i % 2 == 0 ? "" : ".0")}";
            }
            if (i % 8 == 0)
            {
                attributes["score"] = $"{i % 5}";
            }
            return attributes;
        }
    }

    private sealed record Known(
        string Id,
        string Account,
        AccountUpdate? Upserted,
        Dictionary<string, string> Attributes,
        List<Sample> Events
    )
    {
        public CustomerScore Score { get; init; } = null!;

        public Instant Now { get; init; }

        public int? Seats => Upserted?.Seats;

        public Instant? LastEvent => Events.Count == 0 ? null : Events.Max(e => e.At!.Value);

        /// <summary>The beginning of the UTC day of the newest event of a type.</summary>
        public Instant? LastDay(string type) =>
            Of(type).Any() ? new Instant(Of(type).Max(e => e.At!.Value.UtcDay) * TimeSpan.TicksPerDay) : null;

        public string this[string key] => Attributes.GetValueOrDefault(key, "");

        public double Number(string key) => double.TryParse(this[key], out var number) ? number : double.NaN;

        public string OfAccount(string key) =>
            Upserted?.Attributes.Where(a => a.Key == key).Select(a => a.Value).FirstOrDefault() ?? "";

        public IEnumerable<Sample> Of(string type) => Events.Where(e => e.Type == type);

        public double Decay(Sample item, double days) => Math.Pow(2, -(Now - item.At!.Value).TotalDays / days);

        public int ActiveDays(int days) =>
            Events
                .Where(e => e.Type != "cancelled")
                .Select(e => e.At!.Value.UtcDay)
                .Distinct()
                .Count(day => day > Now.UtcDay - days && day <= Now.UtcDay);
    }
}
