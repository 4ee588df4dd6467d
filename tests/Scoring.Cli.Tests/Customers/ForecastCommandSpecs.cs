using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Scoring.Cli.Tests.Support;
using Scoring.Cli.Tests.Terminal;
using Scoring.V1;

namespace Scoring.Cli.Tests.Customers;

/// <summary><c>scoring customers forecast</c>: what is asked, and what is shown.</summary>
public sealed class ForecastCommandSpecs
{
    private static readonly DateTime Now = new(2026, 2, 16, 10, 30, 0, DateTimeKind.Utc);

    [Fact]
    public async Task Every_change_of_band_is_a_sentence()
    {
        var run = await RunAsync(
            Projection("high", (Now.AddDays(14.5), "low"), (Now.AddDays(40), "high"), (Now.AddDays(1_300), "low"))
        );

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(
            [
                "ada",
                "52.1 'Highly engaged' now, by engagement v4",
                "falls to 'Disengaged' on 2026-03-02, in 14 days, if nothing more happens",
                "rises to 'Highly engaged' on 2026-03-28, in 40 days, if nothing more happens",
                "falls to 'Disengaged' on 2029-09-08, in 1,300 days, if nothing more happens",
            ],
            Lines(run)
        );
    }

    [Theory]
    [InlineData(0.2, "in less than an hour")]
    [InlineData(1.5, "in 1 hour")]
    [InlineData(47.9, "in 47 hours")]
    [InlineData(48, "in 2 days")]
    public async Task What_is_near_is_told_in_hours(double hours, string expected)
    {
        var run = await RunAsync(Projection("high", (Now.AddHours(hours), "low")));

        Assert.Contains($", {expected}, if nothing more happens", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_score_that_stays_in_its_band_is_told_to()
    {
        var run = await RunAsync(Projection("low"));

        Assert.Equal("stays 'Disengaged' until 2027-02-16 if nothing more happens", Lines(run)[^1]);
    }

    [Fact]
    public async Task What_keeps_it_in_a_band_is_a_table_of_the_fewest_events()
    {
        var projection = Projection("high", (Now.AddDays(14.5), "low"));
        projection.Keeping = new()
        {
            Band = "high",
            Until = Timestamp.FromDateTime(Now.AddDays(30)),
            Options =
            {
                new KeepingEvents
                {
                    EventType = "purchase",
                    EventCount = 2,
                    Score = 40.25,
                },
                new KeepingEvents
                {
                    EventType = "login",
                    EventCount = 1_500,
                    Score = 40.02,
                },
            },
        };
        var run = await RunAsync(projection);
        projection.Keeping.Options.Clear();
        var none = await RunAsync(projection);
        projection.Keeping.Kept = true;
        var kept = await RunAsync(projection);

        Assert.Contains(
            "stays at least 'Highly engaged' until 2026-03-18 with one of these, if they happen now",
            Lines(run)
        );
        Assert.Matches(@"event type +events +score then *\n", run.Output);
        Assert.Matches(@"purchase +2 +40\.\d *\n +login +1,500 +40\.0 *\n", run.Output);
        Assert.Equal("no event type keeps it at least 'Highly engaged' until 2026-03-18 alone", Lines(none)[^1]);
        Assert.Equal("stays at least 'Highly engaged' until 2026-03-18 without any event", Lines(kept)[^1]);
    }

    [Fact]
    public async Task All_options_reach_the_server()
    {
        await using var server = await HistoryServer.StartAsync(projection: Projection("low"));

        await RunAsync(
            server,
            "ada --workspace beta --until 2027-12-31 --model engagement@3 --keep-days 30 --keep-band low"
        );
        await RunAsync(server, "ada --until 90d");
        await RunAsync(server, "ada");

        Assert.Equal(
            new ProjectScoreRequest
            {
                Workspace = "beta",
                CustomerId = "ada",
                Model = "engagement",
                ModelVersion = 3,
                Until = Timestamp.FromDateTime(new(2027, 12, 31, 0, 0, 0, DateTimeKind.Utc)),
                KeepDays = 30,
                KeepBand = "low",
            },
            server.Requests.First()
        );
        var ahead = ((ProjectScoreRequest)server.Requests.ElementAt(1)).Until;
        Assert.Equal(90, (ahead.ToDateTimeOffset() - DateTimeOffset.UtcNow).TotalDays, 0.01);
        var least = (ProjectScoreRequest)server.Requests.Last();
        Assert.Equal((null, "", 0, "default"), (least.Until, least.Model, least.ModelVersion, least.Workspace));
    }

    [Fact]
    public async Task As_JSON_it_is_the_answer_as_it_came()
    {
        var run = await RunAsync(Projection("high", (Now.AddDays(14), "low")), "--json");

        using var json = JsonDocument.Parse(run.Output);
        var crossing = Assert.Single(json.RootElement.GetProperty("crossings").EnumerateArray());
        Assert.Equal(
            ("2026-03-02T10:30:00Z", "low"),
            (crossing.GetProperty("time").GetString(), crossing.GetProperty("band").GetString())
        );
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("0d")]
    [InlineData("3w")]
    public async Task What_cannot_be_meant_is_refused_before_anybody_is_asked(string until)
    {
        var run = await CommandRun.OfAsync("customers", "forecast", "ada", "--until", until);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains($"--until: '{until}' is neither how long from now", run.Error, StringComparison.Ordinal);
    }

    private static async Task<CommandRun> RunAsync(ScoreProjection projection, string more = "")
    {
        await using var server = await HistoryServer.StartAsync(projection: projection);
        return await RunAsync(server, $"ada {more}");
    }

    private static Task<CommandRun> RunAsync(HistoryServer server, string args) =>
        CommandRun.OfAsync([
            "customers",
            "forecast",
            .. args.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            "--address",
            server.Address,
        ]);

    private static string[] Lines(CommandRun run) =>
        [.. run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];

    private static ScoreProjection Projection(string band, params (DateTime Time, string Band)[] crossings) =>
        new()
        {
            Current = new CustomerScore
            {
                CustomerId = "ada",
                Score = 52.1,
                Band = band,
                ModelName = "engagement",
                ModelVersion = 4,
                ReadTime = Timestamp.FromDateTime(Now),
            },
            Crossings =
            {
                crossings.Select(of => new BandCrossing { Time = Timestamp.FromDateTime(of.Time), Band = of.Band }),
            },
            Until = Timestamp.FromDateTime(Now.AddDays(365)),
        };
}
