using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Scoring.V1;

namespace Scoring.Acceptance.Tests.RavenStack;

/// <summary>RavenStack, imported into a real service, equals an independent computation: SQL over its CSV files.</summary>
public abstract class RavenStackSpecs(RavenStackFixture fixture)
{
    private const double Tolerance = 1e-9;

    private static readonly Timestamp ReadTime = Timestamp.FromDateTimeOffset(
        new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero)
    );

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Every_row_is_accounted_for()
    {
        RavenStackFixture.SkipWithoutData();

        Assert.Equal(0, fixture.FirstImport.ExitCode);
        using var report = JsonDocument.Parse(fixture.FirstImport.Output);
        Assert.True(report.RootElement.GetProperty("tallies").GetBoolean());
        var lines = report
            .RootElement.GetProperty("lines")
            .EnumerateArray()
            .ToDictionary(line => line.GetProperty("becomes").GetString()!);
        Assert.Equal(500, Accepted("accounts"));
        Assert.Equal(5_000, Accepted("customers"));
        Assert.Equal(25_000, Accepted("feature_used"));
        Assert.All(
            fixture.Expected.Query("select * from totals where industry = ''"),
            row => Assert.Equal(row.Whole("events"), Accepted(row.Text("type")))
        );

        long Accepted(string becomes) => lines[becomes].GetProperty("accepted").GetInt64();
    }

    [Fact]
    public async Task Importing_again_counts_nothing_twice_with_the_journal_and_without_it()
    {
        RavenStackFixture.SkipWithoutData();

        var withJournal = await fixture.ImportAsync("journal");
        var withoutJournal = await fixture.ImportAsync("another journal");

        Assert.Equal((0, 0), (withJournal.ExitCode, withoutJournal.ExitCode));
        // The accounts, of which nothing is counted.
        Assert.Equal(500, Sum(withJournal, "accepted"));
        Assert.Equal(0, Sum(withJournal, "duplicates"));
        Assert.Equal(34_522, Sum(withoutJournal, "duplicates"));
        await Totals_per_event_type_equal("");

        static long Sum(Scoring.Cli.Tests.Terminal.CommandRun run, string column)
        {
            using var report = JsonDocument.Parse(run.Output);
            return report
                .RootElement.GetProperty("lines")
                .EnumerateArray()
                .Sum(line => line.GetProperty(column).GetInt64());
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("FinTech")]
    [InlineData("EdTech")]
    [InlineData("DevTools")]
    [InlineData("Cybersecurity")]
    [InlineData("HealthTech")]
    public async Task Totals_per_event_type_equal(string industry)
    {
        RavenStackFixture.SkipWithoutData();

        var stats = await StatsAsync(industry);

        var expected = fixture.Expected.Query(
            "select * from totals where industry = $i order by type",
            ("$i", industry)
        );
        Assert.Equal(
            expected.Select(row =>
                (row.Text("type"), row.Whole("customers"), row.Figure("events"), row.Figure("value"))
            ),
            stats.EventTotals.Select(t => (t.EventType, t.CustomerCount, (double?)t.EventCount, (double?)t.ValueSum))
        );
    }

    [Theory]
    [InlineData("S-8cec59")]
    [InlineData("S-0f6f44")]
    [InlineData("S-810c27")] // one of the two subscriptions that share a usage id
    [InlineData("S-3c072b")] // the other one
    [InlineData("S-0896f4")] // the most usage rows
    [InlineData("S-cff5a2")] // no usage at all
    [InlineData("S-b35b20")] // started and upgraded on the last day
    [InlineData("S-13ca37")] // downgraded lately
    [InlineData("S-52385a")]
    [InlineData("S-f65381")]
    public async Task The_score_of_a_customer_equals(string customer)
    {
        RavenStackFixture.SkipWithoutData();

        var score = await fixture.Client.Scoring.GetScoreAsync(
            new GetScoreRequest { CustomerId = customer, ReadTime = ReadTime },
            cancellationToken: Token
        );

        var expected = Assert.Single(
            fixture.Expected.Query("select * from banded where customer = $c", ("$c", customer))
        );
        AssertScore(expected, score);
        Assert.Equal(expected.Text("account"), score.AccountId);
        Assert.Equal(expected.Text("industry"), score.Attributes["industry"]);
        AssertNear(score.Points, score.Contributions.Sum(c => c.Points));
    }

    [Fact]
    public async Task The_score_of_every_customer_equals()
    {
        RavenStackFixture.SkipWithoutData();

        foreach (var part in fixture.Expected.Query("select * from banded").Chunk(1_000))
        {
            var request = new BatchGetScoresRequest
            {
                CustomerIds = { part.Select(row => row.Text("customer")) },
                ReadTime = ReadTime,
            };
            var answer = await fixture.Client.Scoring.BatchGetScoresAsync(request, cancellationToken: Token);
            Assert.Empty(answer.NotFoundCustomerIds);
            Assert.All(part.Zip(answer.Scores), pair => AssertScore(pair.First, pair.Second));
        }
    }

    [Theory]
    [InlineData("A-2e4581")]
    [InlineData("A-43a9e3")]
    [InlineData("A-ccb686")] // the most active
    [InlineData("A-0a282f")] // growing
    [InlineData("A-a0ca4e")]
    [InlineData("A-30b4ca")] // as many uses as in the period before
    [InlineData("A-1f0ac7")] // none before
    [InlineData("A-1b9609")] // none now
    [InlineData("A-c42f1f")] // none in either period
    [InlineData("A-40de06")]
    public async Task The_health_of_an_account_equals(string account)
    {
        RavenStackFixture.SkipWithoutData();

        await AssertHealthAsync(
            Assert.Single(fixture.Expected.Query("select * from health where account = $a", ("$a", account)))
        );
    }

    [Fact]
    public async Task The_health_of_every_account_equals()
    {
        RavenStackFixture.SkipWithoutData();

        foreach (var expected in fixture.Expected.Query("select * from health"))
        {
            await AssertHealthAsync(expected);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("FinTech")]
    [InlineData("EdTech")]
    [InlineData("DevTools")]
    [InlineData("Cybersecurity")]
    [InlineData("HealthTech")]
    public async Task The_statistics_of_an_industry_equal(string industry)
    {
        RavenStackFixture.SkipWithoutData();

        var stats = await StatsAsync(industry);

        var expected = Assert.Single(
            fixture.Expected.Query("select * from segments where industry = $i", ("$i", industry))
        );
        Assert.Equal(expected.Whole("customers"), stats.CustomerCount);
        AssertNear(expected.Figure("mean"), stats.Mean);
        AssertNear(expected.Figure("deviation"), stats.StandardDeviation);
        AssertNear(expected.Figure("least"), stats.Min);
        AssertNear(expected.Figure("greatest"), stats.Max);

        var percentiles = fixture.Expected.Query(
            "select * from percentiles where industry = $i order by percentile",
            ("$i", industry)
        );
        Assert.Equal(
            percentiles.Select(row => row.Figure("percentile")),
            stats.Percentiles.Select(p => (double?)p.Percentile_)
        );
        Assert.All(
            percentiles.Zip(stats.Percentiles),
            pair => AssertNear(pair.First.Figure("score"), pair.Second.Score)
        );

        var bands = fixture.Expected.Query(
            "select band, engagement, (select count(*) from banded s where s.band = b.band and $i in ('', industry)) as n from bands b",
            ("$i", industry)
        );
        Assert.Equal(
            bands.Select(row => (row.Text("band"), row.Whole("n"))),
            stats.Bands.Select(b => (b.Band, b.CustomerCount))
        );
        AssertNear(100.0 * Engaged("ENGAGEMENT_ENGAGED") / stats.CustomerCount, stats.EngagementIndex.Engaged);
        AssertNear(
            100.0 * Engaged("ENGAGEMENT_SOMEWHAT_ENGAGED") / stats.CustomerCount,
            stats.EngagementIndex.SomewhatEngaged
        );
        AssertNear(100.0 * Engaged("ENGAGEMENT_NOT_ENGAGED") / stats.CustomerCount, stats.EngagementIndex.NotEngaged);

        var activity = Assert.Single(
            fixture.Expected.Query("select * from activity where industry = $i", ("$i", industry))
        );
        Assert.Equal(
            (activity.Whole("dau"), activity.Whole("wau"), activity.Whole("mau")),
            (stats.Activity.Dau, stats.Activity.Wau, stats.Activity.Mau)
        );
        Assert.Equal(activity.Whole("complete_mau"), stats.Activity.CompleteDaysMau);
        AssertNear(activity.Figure("complete_dau"), stats.Activity.CompleteDaysMeanDau);
        AssertNear(
            stats.Activity.CompleteDaysMeanDau / stats.Activity.CompleteDaysMau,
            stats.Activity.HasStickiness ? stats.Activity.Stickiness : null
        );

        long Engaged(string engagement) =>
            bands.Where(row => row.Text("engagement") == engagement).Sum(row => row.Whole("n"));
    }

    private static void AssertScore(ExpectedRow expected, CustomerScore score)
    {
        Assert.Equal(expected.Text("customer"), score.CustomerId);
        AssertNear(expected.Figure("score"), score.Score);
        AssertNear(expected.Figure("points"), score.Points);
        Assert.Equal(expected.Text("band"), score.Band);
    }

    private static void AssertNear(double? expected, double? actual)
    {
        Assert.Equal(expected.HasValue, actual.HasValue);
        if (expected is { } value)
        {
            Assert.Equal(value, actual!.Value, Tolerance * Math.Max(1, Math.Abs(value)));
        }
    }

    private async Task AssertHealthAsync(ExpectedRow expected)
    {
        var request = new GetAccountHealthRequest { AccountId = expected.Text("account"), ReadTime = ReadTime };
        var health = await fixture.Client.Scoring.GetAccountHealthAsync(request, cancellationToken: Token);

        Assert.Equal(expected.Whole("customers"), health.CustomerCount);
        Assert.Equal((int)expected.Whole("seats"), health.Breadth.SeatCount);
        Assert.Equal(expected.Whole("days"), health.Frequency.ActiveDayCount);
        Assert.Equal(expected.Whole("active_customers"), health.Breadth.ActiveCustomerCount);
        Assert.Equal(expected.Whole("features"), health.Depth.UsedFeatureCount);
        Assert.Equal(expected.Whole("key_features"), health.Depth.KeyFeatureCount);
        Assert.Equal(
            (expected.Whole("days"), expected.Whole("previous")),
            (health.Growth.ActiveDayCount, health.Growth.PreviousActiveDayCount)
        );
        double?[] parts =
        [
            expected.Figure("frequency"),
            expected.Figure("breadth"),
            expected.Figure("depth"),
            expected.Figure("growth"),
        ];
        AssertNear(parts[0], health.Frequency.HasPartScore ? health.Frequency.PartScore : null);
        AssertNear(parts[1], health.Breadth.HasPartScore ? health.Breadth.PartScore : null);
        AssertNear(parts[2], health.Depth.HasPartScore ? health.Depth.PartScore : null);
        AssertNear(parts[3], health.Growth.HasPartScore ? health.Growth.PartScore : null);
        AssertNear(parts.Average(), health.HasScore ? health.Score : null);
        Assert.Equal(expected.Text("status"), health.Status.ToString());
    }

    private Task<SegmentStats> StatsAsync(string industry) =>
        fixture
            .Client.Scoring.GetSegmentStatsAsync(
                new GetSegmentStatsRequest
                {
                    Filter = industry.Length == 0 ? "" : $"industry = \"{industry}\"",
                    ReadTime = ReadTime,
                    IncludeEventTotals = true,
                },
                cancellationToken: Token
            )
            .ResponseAsync;
}
