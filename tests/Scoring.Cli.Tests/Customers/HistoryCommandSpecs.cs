using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Scoring.Cli.Tests.Support;
using Scoring.Cli.Tests.Terminal;
using Scoring.V1;

namespace Scoring.Cli.Tests.Customers;

/// <summary><c>scoring customers history</c>: what is asked, and what is shown.</summary>
public sealed class HistoryCommandSpecs
{
    private static readonly DateTime Day = new(2026, 3, 1, 0, 0, 0, DateTimeKind.Utc);

    private static readonly ScoreHistory Rising = new()
    {
        CustomerId = "ada",
        ModelName = "engagement",
        ModelVersion = 4,
        Points =
        {
            Point(Day, 0, "low", 1_200),
            Point(Day.AddDays(1), 25, "low", 0),
            Point(Day.AddDays(1).AddHours(12.5), 50, "high", 7),
        },
        Trend = new ScoreTrend
        {
            SlopePerDay = 16.6667,
            LowerBound = 0.25,
            UpperBound = 33,
        },
    };

    [Fact]
    public async Task Points_are_a_line_each_with_a_bar_for_the_score_and_the_trend_in_a_sentence()
    {
        await using var server = await HistoryServer.StartAsync(Rising);

        var run = await RunAsync(server, "ada");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.StartsWith("ada\n", run.Output, StringComparison.Ordinal);
        Assert.Matches(@"2026-03-01 +0\.0 +Disengaged +active +● 0\.00 +1,200\s", run.Output);
        Assert.Matches(@"2026-03-02 +25\.0 +█{10} +Disengaged +active +● 0\.00 +0\s", run.Output);
        Assert.Matches(@"2026-03-02 12:30:00 +50\.0 +█{20} +Highly engaged +active +● 0\.00 +7\s", run.Output);
        Assert.Contains("The score rises by 16.667 a day (95 %: +0.25 to +33).", run.Output, StringComparison.Ordinal);
        Assert.Contains(
            "engagement v4, by all that is known now; events are those since the line before",
            run.Output,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(-2, -3, -0.5, "The score falls by 2 a day (95 %: -3 to -0.5).")]
    [InlineData(0.5, -1, 2, "The score neither rises nor falls for sure: +0.5 a day (95 %: -1 to +2).")]
    [InlineData(0, 0, 0, "The score neither rises nor falls for sure: 0 a day (95 %: 0 to 0).")]
    public async Task A_trend_says_no_more_than_is_sure(double slope, double lower, double upper, string sentence)
    {
        var history = Rising.Clone();
        history.Trend = new ScoreTrend
        {
            SlopePerDay = slope,
            LowerBound = lower,
            UpperBound = upper,
        };
        await using var server = await HistoryServer.StartAsync(history);

        Assert.Contains(sentence, (await RunAsync(server, "ada")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bars_begin_below_0_where_scores_are()
    {
        var history = Rising.Clone();
        (history.Points[0].Score, history.Points[1].Score, history.Points[2].Score) = (-50, 0, 50);
        history.Trend = null;
        await using var server = await HistoryServer.StartAsync(history);

        var run = await RunAsync(server, "ada");

        Assert.Matches(@"2026-03-01 +-50\.0 +Disengaged", run.Output);
        Assert.Matches(@"2026-03-02 +0\.0 +█{10} +Disengaged", run.Output);
        Assert.Contains("Fewer than three points show no trend.", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_whom_nothing_was_known_no_line_is_shown()
    {
        await using var server = await HistoryServer.StartAsync(new() { CustomerId = "ada" });

        var run = await RunAsync(server, "ada");

        Assert.Equal("ada\nNothing was known of it then.\n", run.Output.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task All_options_reach_the_server()
    {
        await using var server = await HistoryServer.StartAsync(Rising);

        const string Options =
            "--workspace beta --by week --from 2026-01-01 --to 2026-02-01T12:00:00+02:00 --known-at 2026-01-15 --model engagement@3";

        var run = await RunAsync(server, ["ada", .. Options.Split(' ')]);

        Assert.Equal(
            new GetScoreHistoryRequest
            {
                Workspace = "beta",
                CustomerId = "ada",
                Model = "engagement",
                ModelVersion = 3,
                Period = HistoryPeriod.Week,
                StartTime = At(new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc)),
                EndTime = At(new(2026, 2, 1, 10, 0, 0, DateTimeKind.Utc)),
                KnownAt = At(new(2026, 1, 15, 0, 0, 0, DateTimeKind.Utc)),
            },
            Assert.Single(server.Requests)
        );
        Assert.Contains("as it was known at 2026-01-15 00:00:00Z", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("day", HistoryPeriod.Day)]
    [InlineData("week", HistoryPeriod.Week)]
    [InlineData("month", HistoryPeriod.Month)]
    public async Task Without_options_the_server_chooses_and_lengths_of_time_are_ago(string by, HistoryPeriod period)
    {
        await using var server = await HistoryServer.StartAsync(Rising);

        await RunAsync(server, "ada");
        await RunAsync(server, "ada", "--by", by, "--from", "90d", "--to", "12h");

        var (least, request) = (
            (GetScoreHistoryRequest)server.Requests.First(),
            (GetScoreHistoryRequest)server.Requests.Last()
        );
        Assert.Equal((null, null, null), (least.StartTime, least.EndTime, least.KnownAt));
        Assert.Equal((HistoryPeriod.Day, "default"), (least.Period, least.Workspace));
        Assert.Equal(period, request.Period);
        Assert.Equal(90, (DateTimeOffset.UtcNow - request.StartTime.ToDateTimeOffset()).TotalDays, 0.01);
        Assert.Equal(12, (DateTimeOffset.UtcNow - request.EndTime.ToDateTimeOffset()).TotalHours, 0.1);
    }

    [Fact]
    public async Task As_JSON_it_is_the_answer_as_it_came()
    {
        await using var server = await HistoryServer.StartAsync(Rising);

        var run = await RunAsync(server, "ada", "--json");

        using var json = JsonDocument.Parse(run.Output);
        Assert.Equal(3, json.RootElement.GetProperty("points").GetArrayLength());
        Assert.Equal(16.6667, json.RootElement.GetProperty("trend").GetProperty("slopePerDay").GetDouble());
    }

    [Theory]
    [InlineData("--by year", "Must be one of: 'day', 'week', 'month'")]
    [InlineData("--from yesterday", "--from: 'yesterday' is neither how long ago, such as 30d or 12h, nor a time")]
    [InlineData("--to 0d", "--to: '0d' is neither")]
    [InlineData("--known-at 3w", "--known-at: '3w' is neither")]
    [InlineData("--read-time 2026-01-01", "There is no option '--read-time'")]
    public async Task What_cannot_be_meant_is_refused_before_anybody_is_asked(string options, string message)
    {
        var run = await CommandRun.OfAsync(["customers", "history", "ada", .. options.Split(' ')]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    private static Task<CommandRun> RunAsync(HistoryServer server, params string[] args) =>
        CommandRun.OfAsync(["customers", "history", .. args, "--address", server.Address]);

    private static ScorePoint Point(DateTime time, double score, string band, long events) =>
        new()
        {
            Time = At(time),
            Score = score,
            DisplayScore = Math.Clamp(score, 1, 100),
            Band = band,
            Lifecycle = Lifecycle.Active,
            Momentum = 0,
            EventCount = events,
        };

    private static Timestamp At(DateTime time) => Timestamp.FromDateTime(time);
}
