using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Scoring.Cli.Tests.Support;
using Scoring.Cli.Tests.Terminal;
using Scoring.V1;

namespace Scoring.Cli.Tests.Segments;

/// <summary><c>scoring segments movers</c>: what is asked, and what is shown.</summary>
public sealed class MoversCommandSpecs
{
    private static readonly ListMoversResponse Movers = new()
    {
        ModelName = "engagement",
        ModelVersion = 4,
        StartTime = At(1),
        EndTime = At(8),
        CustomerCount = 1_200,
        RoseCount = 300,
        FellCount = 700,
        UnchangedCount = 150,
        NewCount = 50,
        JoinedCount = 20,
        LeftCount = 30,
        Risers = { Mover("ada", 30, "low", 45.5, "high", 15.5) },
        Fallers = { Mover("bob", 20, "low", 12, "low", -8) },
    };

    [Fact]
    public async Task Those_who_rose_and_those_who_fell_are_a_line_each_with_why_below_how_many_there_are()
    {
        await using var server = await HistoryServer.StartAsync(movers: Movers);

        var run = await RunAsync(server, "trials", "--from", "7d");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.StartsWith(
            "trials\nFrom 2026-03-01 00:00:00Z to 2026-03-08 00:00:00Z\n",
            run.Output,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "1,200 customers: 300 rose, 700 fell, 150 stayed as they were, 50 are new",
            run.Output,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "20 of them joined the segment meanwhile; 30 others left it",
            run.Output,
            StringComparison.Ordinal
        );
        Assert.Matches(@"ada +\+15\.5 +30\.0 +45\.5 +Disengaged → Highly engaged", run.Output);
        Assert.Matches(@"bob +-8\.0 +20\.0 +12\.0 +Disengaged +12 events of type login", run.Output);
        Assert.Contains("engagement v4, by all that is known now", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_options_reach_the_server()
    {
        await using var server = await HistoryServer.StartAsync(movers: Movers);
        const string Options =
            "trials --filter plan=pro --workspace beta --from 2026-01-01 --to 2026-02-01 --known-at 2026-01-15 --count 3 --model engagement@3";

        var run = await RunAsync(server, Options.Split(' '));

        Assert.Equal(
            new ListMoversRequest
            {
                Workspace = "beta",
                Segment = "trials",
                Filter = "plan=pro",
                Model = "engagement",
                ModelVersion = 3,
                StartTime = Timestamp.FromDateTime(new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc)),
                EndTime = Timestamp.FromDateTime(new(2026, 2, 1, 0, 0, 0, DateTimeKind.Utc)),
                KnownAt = Timestamp.FromDateTime(new(2026, 1, 15, 0, 0, 0, DateTimeKind.Utc)),
                Count = 3,
            },
            Assert.Single(server.Requests)
        );
        Assert.Contains("as it was known at 2026-01-15 00:00:00Z", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task As_JSON_it_is_the_answer_as_it_came()
    {
        await using var server = await HistoryServer.StartAsync(movers: Movers);

        var run = await RunAsync(server, "--from", "7d", "--json");

        using var json = JsonDocument.Parse(run.Output);
        Assert.Equal("ada", json.RootElement.GetProperty("risers")[0].GetProperty("customerId").GetString());
        Assert.Equal("700", json.RootElement.GetProperty("fellCount").GetString());
    }

    [Theory]
    [InlineData("", "--from")]
    [InlineData("--from yesterday", "--from: 'yesterday' is neither how long ago")]
    [InlineData("--from 7d --count 0", "--count")]
    [InlineData("trials others --from 7d", "others")]
    public async Task What_cannot_be_meant_is_refused_before_anybody_is_asked(string options, string message)
    {
        var run = await CommandRun.OfAsync([
            "segments",
            "movers",
            .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        ]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    private static Task<CommandRun> RunAsync(HistoryServer server, params string[] args) =>
        CommandRun.OfAsync(["segments", "movers", .. args, "--address", server.Address]);

    private static ScoreMover Mover(string id, double from, string fromBand, double to, string toBand, double by) =>
        new()
        {
            CustomerId = id,
            FromScore = from,
            FromBand = fromBand,
            ToScore = to,
            ToBand = toBand,
            Difference = by,
            DifferenceMicros = (long)(by * 1e6),
            Parts =
            {
                new ScoreChangePart
                {
                    Kind = ScoreChangeKind.Events,
                    Subject = "login",
                    EventCount = 12,
                    Score = by,
                    ScoreMicros = (long)(by * 1e6),
                },
            },
        };

    private static Timestamp At(int day) => Timestamp.FromDateTime(new(2026, 3, day, 0, 0, 0, DateTimeKind.Utc));
}
