using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Scoring.Cli.Tests.Support;
using Scoring.Cli.Tests.Terminal;
using Scoring.V1;

namespace Scoring.Cli.Tests.Customers;

/// <summary><c>scoring accounts history</c>: what is asked, and what is shown.</summary>
public sealed class AccountHistoryCommandSpecs
{
    private static readonly DateTime Day = new(2026, 3, 1, 0, 0, 0, DateTimeKind.Utc);

    private static readonly AccountHealthHistory Falling = new()
    {
        AccountId = "acme",
        ModelName = "engagement",
        ModelVersion = 4,
        Window = Duration.FromTimeSpan(TimeSpan.FromDays(30)),
        Points =
        {
            new AccountHealthPoint { Time = At(Day), Status = AccountStatus.NotStarted },
            Point(Day.AddDays(1), 62.5, seats: 12, AccountStatus.Growing),
            Point(Day.AddDays(1).AddHours(12.5), 31, seats: 20, AccountStatus.Churning),
        },
        Trend = new ScoreTrend
        {
            SlopePerDay = -0.5,
            LowerBound = -0.75,
            UpperBound = -0.25,
        },
    };

    [Fact]
    public async Task Points_are_a_line_each_with_the_parts_of_the_health_and_the_trend_in_a_sentence()
    {
        await using var server = await HistoryServer.StartAsync(account: Falling);

        var run = await RunAsync(server, "acme");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.StartsWith("acme\n", run.Output, StringComparison.Ordinal);
        string[] titles = ["at (UTC)", "customers", "seats", "health", "frequency", "breadth", "depth", "growth"];
        Assert.All(titles, title => Assert.Contains(title, run.Output, StringComparison.Ordinal));
        Assert.Matches(@"2026-03-01 +0 +– +– +– +– +– +– +○ not started\s", run.Output);
        Assert.Matches(@"2026-03-02 +1,200 +12 +62\.5 +80\.0 +50\.0 +70\.0 +– +▲ growing\s", run.Output);
        Assert.Matches(@"2026-03-02 12:30:00 +1,200 +20 +31\.0 +80\.0 +50\.0 +70\.0 +– +▼ churning\s", run.Output);
        Assert.Contains("The health falls by 0.5 a day (95 %: -0.75 to -0.25).", run.Output, StringComparison.Ordinal);
        Assert.Contains("30 days up to each, by all that is known now", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_options_reach_the_server()
    {
        await using var server = await HistoryServer.StartAsync(account: Falling);
        const string Options =
            "acme --workspace beta --by week --window 14 --from 2026-01-01 --to 2026-02-01 --known-at 2026-01-15 --model engagement@3";

        var run = await RunAsync(server, Options.Split(' '));

        Assert.Equal(
            new GetAccountHealthHistoryRequest
            {
                Workspace = "beta",
                AccountId = "acme",
                Window = Duration.FromTimeSpan(TimeSpan.FromDays(14)),
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
    public async Task Where_nothing_was_known_of_it_that_is_said()
    {
        await using var server = await HistoryServer.StartAsync(account: new() { AccountId = "acme" });

        var run = await RunAsync(server, "acme");

        Assert.Contains("Nothing was known of it then.", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task As_JSON_it_is_the_answer_as_it_came()
    {
        await using var server = await HistoryServer.StartAsync(account: Falling);

        var run = await RunAsync(server, "acme", "--json");

        using var json = JsonDocument.Parse(run.Output);
        var point = json.RootElement.GetProperty("points")[1];
        Assert.Equal(
            ("1200", 62.5, "ACCOUNT_STATUS_GROWING"),
            (
                point.GetProperty("customerCount").GetString(),
                point.GetProperty("score").GetDouble(),
                point.GetProperty("status").GetString()
            )
        );
    }

    [Theory]
    [InlineData("acme --by year", "Must be one of: 'day', 'week', 'month'")]
    [InlineData("acme --from yesterday", "--from: 'yesterday' is neither how long ago")]
    [InlineData("--by week", "ACCOUNT")]
    public async Task What_cannot_be_meant_is_refused_before_anybody_is_asked(string options, string message)
    {
        var run = await CommandRun.OfAsync(["accounts", "history", .. options.Split(' ')]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.OrdinalIgnoreCase);
    }

    private static Task<CommandRun> RunAsync(HistoryServer server, params string[] args) =>
        CommandRun.OfAsync(["accounts", "history", .. args, "--address", server.Address]);

    private static AccountHealthPoint Point(DateTime time, double score, int seats, AccountStatus status) =>
        new()
        {
            Time = At(time),
            Score = score,
            Status = status,
            CustomerCount = 1_200,
            Frequency = new Frequency { ActiveDayCount = 100, PartScore = 80 },
            Breadth = new Breadth
            {
                ActiveCustomerCount = 10,
                SeatCount = seats,
                PartScore = 50,
            },
            Depth = new Depth { PartScore = 70 },
            Growth = new Growth { ActiveDayCount = 100 },
        };

    private static Timestamp At(DateTime time) => Timestamp.FromDateTime(time);
}
