using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Scoring.Cli.Tests.Support;
using Scoring.Cli.Tests.Terminal;
using Scoring.V1;

namespace Scoring.Cli.Tests.Segments;

/// <summary><c>scoring segments history</c>: what is asked, and what is shown.</summary>
public sealed class SegmentHistoryCommandSpecs
{
    private static readonly DateTime Day = new(2026, 3, 1, 0, 0, 0, DateTimeKind.Utc);

    private static readonly SegmentHistory Rising = new()
    {
        ModelName = "engagement",
        ModelVersion = 4,
        Points =
        {
            new SegmentPoint
            {
                Time = At(Day),
                Bands =
                {
                    new BandCount { Band = "low" },
                    new BandCount { Band = "high" },
                },
            },
            Point(Day.AddDays(1), 30.25, median: 28, low: 900),
            Point(Day.AddDays(1).AddHours(12.5), 41.5, median: 40, low: 600),
        },
        Trend = new ScoreTrend
        {
            SlopePerDay = 0.5,
            LowerBound = 0.25,
            UpperBound = 0.75,
        },
    };

    [Fact]
    public async Task Points_are_a_line_each_with_mean_median_and_bands_and_the_trend_in_a_sentence()
    {
        await using var server = await HistoryServer.StartAsync(segment: Rising);

        var run = await RunAsync(server, "trials");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.StartsWith("trials\n", run.Output, StringComparison.Ordinal);
        string[] titles = ["at (UTC)", "customers", "mean", "median", "Disengaged", "Highly", "engaged", "30 days"];
        Assert.All(titles, title => Assert.Contains(title, run.Output, StringComparison.Ordinal));
        Assert.Matches(@"2026-03-01 +0 +– +– +– +– +– +–\s", run.Output);
        Assert.Matches(@"2026-03-02 +1,200 +30\.3 +28\.0 +75 % +25 % +25 % +700\s", run.Output);
        Assert.Matches(@"2026-03-02 12:30:00 +1,200 +41\.5 +40\.0 +50 % +50 % +50 % +700\s", run.Output);
        Assert.Contains("The mean rises by 0.5 a day (95 %: +0.25 to +0.75).", run.Output, StringComparison.Ordinal);
        Assert.Contains("engagement v4, by all that is known now", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Everyone")]
    [InlineData("plan=pro", "--filter", "plan=pro")]
    [InlineData("trials: plan=pro", "trials", "--filter", "plan=pro")]
    public async Task The_title_says_of_whom_it_is(string title, params string[] args)
    {
        await using var server = await HistoryServer.StartAsync(segment: Rising);

        var run = await RunAsync(server, args);

        Assert.StartsWith($"{title}\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_options_reach_the_server()
    {
        await using var server = await HistoryServer.StartAsync(segment: Rising);
        const string Options =
            "trials --filter plan=pro --workspace beta --by week --from 2026-01-01 --to 2026-02-01 --known-at 2026-01-15 --model engagement@3";

        var run = await RunAsync(server, Options.Split(' '));

        Assert.Equal(
            new GetSegmentHistoryRequest
            {
                Workspace = "beta",
                Segment = "trials",
                Filter = "plan=pro",
                Model = "engagement",
                ModelVersion = 3,
                Period = HistoryPeriod.Week,
                StartTime = At(new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc)),
                EndTime = At(new(2026, 2, 1, 0, 0, 0, DateTimeKind.Utc)),
                KnownAt = At(new(2026, 1, 15, 0, 0, 0, DateTimeKind.Utc)),
            },
            Assert.Single(server.Requests)
        );
        Assert.Contains("as it was known at 2026-01-15 00:00:00Z", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_options_the_server_chooses_and_everyone_is_meant()
    {
        await using var server = await HistoryServer.StartAsync(segment: Rising);

        await RunAsync(server);

        Assert.Equal(
            new GetSegmentHistoryRequest { Workspace = "default", Period = HistoryPeriod.Day },
            Assert.Single(server.Requests)
        );
    }

    [Fact]
    public async Task As_JSON_it_is_the_answer_as_it_came()
    {
        await using var server = await HistoryServer.StartAsync(segment: Rising);

        var run = await RunAsync(server, "--json");

        using var json = JsonDocument.Parse(run.Output);
        var point = json.RootElement.GetProperty("points")[1];
        Assert.Equal(
            ("1200", 30.25),
            (point.GetProperty("customerCount").GetString(), point.GetProperty("mean").GetDouble())
        );
    }

    [Theory]
    [InlineData("--by year", "Must be one of: 'day', 'week', 'month'")]
    [InlineData("--from yesterday", "--from: 'yesterday' is neither how long ago")]
    [InlineData("trials others", "others")]
    public async Task What_cannot_be_meant_is_refused_before_anybody_is_asked(string options, string message)
    {
        var run = await CommandRun.OfAsync(["segments", "history", .. options.Split(' ')]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    private static Task<CommandRun> RunAsync(HistoryServer server, params string[] args) =>
        CommandRun.OfAsync(["segments", "history", .. args, "--address", server.Address]);

    private static SegmentPoint Point(DateTime time, double mean, double median, long low) =>
        new()
        {
            Time = At(time),
            CustomerCount = 1_200,
            Mean = mean,
            Percentiles =
            {
                new Percentile { Percentile_ = 25, Score = 10 },
                new Percentile { Percentile_ = 50, Score = median },
                new Percentile { Percentile_ = 75, Score = 60 },
            },
            Bands =
            {
                new BandCount
                {
                    Band = "low",
                    CustomerCount = low,
                    Share = low / 1_200.0,
                },
                new BandCount
                {
                    Band = "high",
                    CustomerCount = 1_200 - low,
                    Share = (1_200 - low) / 1_200.0,
                },
            },
            EngagementIndex = new EngagementIndex { Engaged = 100 - (low / 12.0), NotEngaged = low / 12.0 },
            Activity = new Activity { Mau = 700 },
        };

    private static Timestamp At(DateTime time) => Timestamp.FromDateTime(time);
}
