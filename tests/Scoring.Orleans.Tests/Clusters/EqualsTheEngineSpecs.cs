using System.Globalization;
using Scoring.Core.Recording;
using Scoring.Core.Segments;
using Scoring.Core.Time;
using Scoring.Core.Workspaces;
using Scoring.Engine;

namespace Scoring.Cluster.Tests.Clusters;

/// <summary>The cluster answers as the standalone edition does that was told the same.</summary>
[Collection(OnThreeSilos.Name)]
public sealed class EqualsTheEngineSpecs(ThreeSilos cluster) : BackendSpecs(cluster)
{
    private readonly ThreeSilos _cluster = cluster;

    private static string Data =>
        Environment.GetEnvironmentVariable("SCORING_RAVENSTACK")
        ?? Path.Combine(Repository.Root, "..", "shared", "data", "ravenstack");

    [Fact]
    public async Task Random_customers_have_the_same_scores_segments_and_accounts()
    {
        var random = new Random(11);
        var now = Instant.From(_cluster.Clock.GetUtcNow());
        Sample[] events =
        [
            .. Enumerable
                .Range(0, 6_000)
                .Select(_ => new Sample(
                    $"c{(int)(Math.Pow(random.NextDouble(), 2) * 500)}",
                    random.Next(3) == 0 ? null : $"{random.Next(5_000)}",
                    Samples.Types[random.Next(3)],
                    random.Next(4) == 0 ? Math.Round(random.NextDouble() * 100, 3) : 1,
                    now - TimeSpan.FromMinutes(random.Next(90 * 24 * 60)),
                    random.Next(3) == 0 ? $"f{random.Next(12)}" : "",
                    random.Next(5) == 0 ? $"a{random.Next(20)}" : ""
                )),
        ];
        CustomerUpdate[] customers =
        [
            .. Enumerable
                .Range(0, 400)
                .Select(i => new CustomerUpdate(
                    $"c{i}",
                    random.Next(2) == 0 ? $"a{random.Next(20)}" : "",
                    [new("plan", $"p{random.Next(3)}"), new("country", $"l{random.Next(6)}")]
                )),
        ];
        AccountUpdate[] accounts = [.. Enumerable.Range(0, 20).Select(i => new AccountUpdate($"a{i}", i * 3, []))];

        await AssertSameAsync(events, customers, accounts, ["plan = \"p1\"", "plan = \"p0\" AND country = \"l2\""]);
    }

    [Fact]
    public async Task RavenStack_has_the_same_scores_segments_and_accounts()
    {
        Assert.SkipUnless(
            File.Exists(Path.Combine(Data, "ravenstack_accounts.csv")),
            "RavenStack is not here: put its CSV files into ../shared/data/ravenstack, or name their folder in SCORING_RAVENSTACK."
        );
        var accountOf = Rows("subscriptions").ToDictionary(row => row["subscription_id"], row => row["account_id"]);
        Sample[] events =
        [
            .. Rows("feature_usage")
                .Select(row => new Sample(
                    row["subscription_id"],
                    row["usage_id"],
                    Samples.Types[row["subscription_id"][^1] % 3],
                    double.Parse(row["usage_count"], CultureInfo.InvariantCulture),
                    At(row["usage_date"]),
                    row["feature_name"],
                    accountOf[row["subscription_id"]]
                )),
        ];
        CustomerUpdate[] customers =
        [
            .. Rows("subscriptions")
                .Select(row => new CustomerUpdate(
                    row["subscription_id"],
                    row["account_id"],
                    [new("plan", row["plan_tier"])]
                )),
        ];
        AccountUpdate[] accounts =
        [
            .. Rows("accounts")
                .Select(row => new AccountUpdate(
                    row["account_id"],
                    int.Parse(row["seats"], CultureInfo.InvariantCulture),
                    [new("industry", row["industry"])]
                )),
        ];

        await AssertSameAsync(events, customers, accounts, ["plan = \"Pro\"", "plan = \"Enterprise\""]);
    }

    private async Task AssertSameAsync(
        Sample[] events,
        CustomerUpdate[] customers,
        AccountUpdate[] accounts,
        string[] filters
    )
    {
        await using var host = await Start();
        var folder = Directory.CreateTempSubdirectory("scoring-equal-").FullName;
        await using (
            var engine = await ScoringEngine.OpenAsync(
                new EngineOptions
                {
                    DataDirectory = folder,
                    Partitions = 3,
                    TimeProvider = host.Clock,
                    Workspaces = [new WorkspaceSettings { Name = host.Workspace }],
                },
                BackendHost.Cancellation
            )
        )
        {
            await engine.PutModelAsync(host.Workspace, Samples.Model(), BackendHost.Cancellation);
            await TellAsync(host, engine, events, customers, accounts);
            await SameAnswers.OfScoresAsync(
                engine,
                host.Backend,
                host.Workspace,
                [.. events.Select(e => e.Customer).Distinct().Order().Take(500)]
            );
            foreach (var filter in filters.Prepend(""))
            {
                await SameAnswers.OfSegmentAsync(engine, host.Backend, host.Workspace, SegmentFilter.Parse(filter));
            }
            foreach (var account in accounts.Take(40))
            {
                await SameAnswers.OfAccountAsync(engine, host.Backend, host.Workspace, account.AccountId);
            }
        }
        Directory.Delete(folder, recursive: true);
    }

    private static async Task TellAsync(
        BackendHost host,
        ScoringEngine engine,
        Sample[] events,
        CustomerUpdate[] customers,
        AccountUpdate[] accounts
    )
    {
        await host.Upsert(customers);
        await host.Upsert(accounts);
        await engine.UpsertCustomersAsync(host.Workspace, customers, BackendHost.Cancellation);
        await engine.UpsertAccountsAsync(host.Workspace, accounts, BackendHost.Cancellation);
        foreach (var chunk in events.Chunk(1_000))
        {
            using var batch = Samples.Batch(chunk, host.Workspace);
            var expected = await engine.RecordAsync(batch, BackendHost.Cancellation);
            var actual = await host.Record(chunk);
            Assert.Equal((expected.Accepted, expected.Duplicates), (actual.Accepted, actual.Duplicates));
            Assert.Equal(expected.Rejections, actual.Rejections);
        }
        await host.SettleAsync();
    }

    private static Instant At(string date) =>
        Instant.From(DateTimeOffset.Parse(date, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal));

    /// <summary>The rows of a file, by column; its files have no quoted fields.</summary>
    private static IEnumerable<Dictionary<string, string>> Rows(string table)
    {
        var lines = File.ReadLines(Path.Combine(Data, $"ravenstack_{table}.csv"));
        var columns = lines.First().Split(',');
        return lines
            .Skip(1)
            .Select(line => columns.Zip(line.Split(',')).ToDictionary(field => field.First, field => field.Second));
    }
}
