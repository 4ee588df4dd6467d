using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Scoring.Cli.Tests.Support;
using Scoring.Cli.Tests.Terminal;
using Scoring.V1;

namespace Scoring.Cli.Tests.Customers;

/// <summary><c>scoring accounts explain</c>: what is asked, and what is shown.</summary>
public sealed class ExplainAccountCommandSpecs
{
    private static readonly DateTime Day = new(2026, 3, 1, 0, 0, 0, DateTimeKind.Utc);

    private static readonly ExplainAccountHealthChangeResponse Falling = new()
    {
        AccountId = "acme",
        ModelName = "engagement",
        ModelVersion = 4,
        Window = Duration.FromTimeSpan(TimeSpan.FromDays(30)),
        From = new AccountHealthPoint
        {
            Time = At(Day),
            Score = 49.9,
            Status = AccountStatus.Stagnating,
        },
        To = new AccountHealthPoint
        {
            Time = At(Day.AddDays(7)),
            Score = 41.2,
            Status = AccountStatus.Churning,
        },
        Difference = -8.7,
        DifferenceMicros = -8_700_000,
        Parts =
        {
            Part(HealthDimension.Frequency, AccountChangeKind.Time, -6_000_000),
            Part(HealthDimension.Growth, AccountChangeKind.Time, -5_000_000),
            Part(HealthDimension.Breadth, AccountChangeKind.Left, -250_000, customers: 1_200),
            Part(HealthDimension.Frequency, AccountChangeKind.Events, 1_000_000, events: 1, "login"),
            Part(HealthDimension.Depth, AccountChangeKind.Events, 1_600_000, events: 1, "login"),
        },
    };

    [Fact]
    public async Task Each_reason_is_a_line_with_what_it_adds_by_each_dimension_and_all_add_up()
    {
        await using var server = await HistoryServer.StartAsync(accountChange: Falling);

        var run = await RunAsync(server, "acme", "--from", "7d");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.StartsWith("acme\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("From 2026-03-01 00:00:00Z  49.9  ● stagnating", run.Output, StringComparison.Ordinal);
        Assert.Contains("To   2026-03-08 00:00:00Z  41.2  ▼ churning", run.Output, StringComparison.Ordinal);
        Assert.Matches(@"What changed it +frequency +breadth +depth +growth +health\s", run.Output);
        Assert.Matches(
            @"Time alone +-6\.0 +0\.0 +0\.0 +-5\.0 +-11\.0 *\n +1 event of type login +\+1\.0 +0\.0 +\+1\.6 +0\.0 +\+2\.6 *\n +1,200 customers left +0\.0 +-0\.3",
            run.Output
        );
        Assert.Matches(@"all +-5\.0 +-0\.3 +\+1\.6 +-5\.0 +-8\.7\s", run.Output);
        Assert.Contains("30 days up to each, by all that is known now", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nothing_was_known_of_it_that_is_said()
    {
        var appeared = Falling.Clone();
        appeared.From = null;
        await using var server = await HistoryServer.StartAsync(accountChange: appeared);

        var run = await RunAsync(server, "acme", "--from", "7d");

        Assert.Contains("From nothing was known of it, which counts as 0", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_options_reach_the_server()
    {
        await using var server = await HistoryServer.StartAsync(accountChange: Falling);
        const string Options =
            "acme --workspace beta --window 14 --from 2026-01-01 --to 2026-02-01 --known-at 2026-01-15 --model engagement@3";

        var run = await RunAsync(server, Options.Split(' '));

        Assert.Equal(
            new ExplainAccountHealthChangeRequest
            {
                Workspace = "beta",
                AccountId = "acme",
                Window = Duration.FromTimeSpan(TimeSpan.FromDays(14)),
                Model = "engagement",
                ModelVersion = 3,
                StartTime = At(new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc)),
                EndTime = At(new(2026, 2, 1, 0, 0, 0, DateTimeKind.Utc)),
                KnownAt = At(new(2026, 1, 15, 0, 0, 0, DateTimeKind.Utc)),
            },
            Assert.Single(server.Requests)
        );
        Assert.Contains("as it was known at 2026-01-15 00:00:00Z", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task As_JSON_it_is_the_answer_as_it_came()
    {
        await using var server = await HistoryServer.StartAsync(accountChange: Falling);

        var run = await RunAsync(server, "acme", "--from", "7d", "--json");

        using var json = JsonDocument.Parse(run.Output);
        var part = json.RootElement.GetProperty("parts")[2];
        Assert.Equal(
            ("HEALTH_DIMENSION_BREADTH", "ACCOUNT_CHANGE_KIND_LEFT", "1200", "-250000"),
            (
                part.GetProperty("dimension").GetString(),
                part.GetProperty("kind").GetString(),
                part.GetProperty("customerCount").GetString(),
                part.GetProperty("healthMicros").GetString()
            )
        );
    }

    [Theory]
    [InlineData("acme", "--from")]
    [InlineData("acme --from yesterday", "--from: 'yesterday' is neither how long ago")]
    [InlineData("--from 7d", "ACCOUNT")]
    public async Task What_cannot_be_meant_is_refused_before_anybody_is_asked(string options, string message)
    {
        var run = await CommandRun.OfAsync(["accounts", "explain", .. options.Split(' ')]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.OrdinalIgnoreCase);
    }

    private static Task<CommandRun> RunAsync(HistoryServer server, params string[] args) =>
        CommandRun.OfAsync(["accounts", "explain", .. args, "--address", server.Address]);

    private static AccountHealthChangePart Part(
        HealthDimension dimension,
        AccountChangeKind kind,
        long micros,
        int events = 0,
        string subject = "",
        int customers = 0
    ) =>
        new()
        {
            Dimension = dimension,
            Kind = kind,
            Subject = subject,
            CustomerCount = customers,
            EventCount = events,
            HealthMicros = micros,
            Health = micros / 1e6,
        };

    private static Timestamp At(DateTime time) => Timestamp.FromDateTime(time);
}
