using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Scoring.Cli.Tests.Support;
using Scoring.Cli.Tests.Terminal;
using Scoring.V1;

namespace Scoring.Cli.Tests.Segments;

/// <summary><c>scoring segments explain</c>: what is asked, and what is shown.</summary>
public sealed class ExplainSegmentCommandSpecs
{
    private static readonly ExplainSegmentChangeResponse Change = new()
    {
        ModelName = "engagement",
        ModelVersion = 4,
        StartTime = At(1),
        EndTime = At(8),
        FromCustomerCount = 1_204,
        ToCustomerCount = 1_266,
        FromMeanMicros = 38_200_000,
        ToMeanMicros = 41_900_000,
        Difference = 3.7,
        Groups =
        {
            new SegmentChangeGroup
            {
                Kind = SegmentChangeGroupKind.Stayed,
                CustomerCount = 1_190,
                Mean = 4.2,
            },
            new SegmentChangeGroup { Kind = SegmentChangeGroupKind.Joined },
            new SegmentChangeGroup
            {
                Kind = SegmentChangeGroupKind.New,
                CustomerCount = 76,
                ToMean = 31.4,
                Mean = -0.5,
            },
        },
        Parts =
        {
            Part(ScoreChangeKind.Events, 7, 6.5, events: 12_000),
            Part(ScoreChangeKind.Decay, 0, -1.3),
            Part(ScoreChangeKind.Decay, 7, -1.0),
        },
    };

    [Fact]
    public async Task Parts_that_are_called_alike_are_one_line_and_who_came_is_one_too()
    {
        await using var server = await HistoryServer.StartAsync(segmentChange: Change);

        var run = await RunAsync(server, "trials", "--from", "7d");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.StartsWith("trials\n", run.Output, StringComparison.Ordinal);
        Assert.Contains(
            "From 2026-03-01 00:00:00Z  38.2  mean of 1,204 customers",
            run.Output,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "To   2026-03-08 00:00:00Z  41.9  mean of 1,266 customers",
            run.Output,
            StringComparison.Ordinal
        );
        Assert.Matches(@"12,000 events of type login +900 +\+6\.5", run.Output);
        Assert.Matches(@"Decay of login +900 +-2\.3", run.Output);
        Assert.Matches(@"Who is new, 31\.4 on average +76 +-0\.5", run.Output);
        Assert.Matches(@"all +\+3\.7", run.Output);
        Assert.DoesNotContain("joined", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_options_reach_the_server()
    {
        await using var server = await HistoryServer.StartAsync(segmentChange: Change);
        const string Options =
            "trials --filter plan=pro --workspace beta --from 2026-03-01 --to 2026-03-08 --known-at 2026-03-07 --model engagement@3";

        var run = await RunAsync(server, Options.Split(' '));

        Assert.Equal(
            new ExplainSegmentChangeRequest
            {
                Workspace = "beta",
                Segment = "trials",
                Filter = "plan=pro",
                Model = "engagement",
                ModelVersion = 3,
                StartTime = At(1),
                EndTime = At(8),
                KnownAt = At(7),
            },
            Assert.Single(server.Requests)
        );
        Assert.Contains("as it was known at 2026-03-07 00:00:00Z", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task As_JSON_it_is_the_answer_as_it_came()
    {
        await using var server = await HistoryServer.StartAsync(segmentChange: Change);

        var run = await RunAsync(server, "--from", "7d", "--json");

        using var json = JsonDocument.Parse(run.Output);
        Assert.Equal("41900000", json.RootElement.GetProperty("toMeanMicros").GetString());
        Assert.Equal(3, json.RootElement.GetProperty("parts").GetArrayLength());
    }

    [Theory]
    [InlineData("", "--from")]
    [InlineData("--from yesterday", "--from: 'yesterday' is neither how long ago")]
    public async Task What_cannot_be_meant_is_refused_before_anybody_is_asked(string options, string message)
    {
        var run = await CommandRun.OfAsync([
            "segments",
            "explain",
            .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        ]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    private static Task<CommandRun> RunAsync(HistoryServer server, params string[] args) =>
        CommandRun.OfAsync(["segments", "explain", .. args, "--address", server.Address]);

    private static SegmentChangePart Part(ScoreChangeKind kind, int halfLifeDays, double mean, long events = 0) =>
        new()
        {
            Kind = kind,
            Subject = "login",
            Term = new Term { EventType = "login", HalfLifeDays = halfLifeDays },
            CustomerCount = 900,
            EventCount = events,
            Mean = mean,
            MeanMicros = (long)(mean * 1e6),
        };

    private static Timestamp At(int day) => Timestamp.FromDateTime(new(2026, 3, day, 0, 0, 0, DateTimeKind.Utc));
}
