using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Scoring.Cli.Tests.Support;
using Scoring.Cli.Tests.Terminal;
using Scoring.V1;

namespace Scoring.Cli.Tests.Segments;

/// <summary><c>scoring segments leavers</c>: what is asked, and what is shown.</summary>
public sealed class LeaversCommandSpecs
{
    private static readonly ListBandLeaversResponse Leavers = new()
    {
        ModelName = "engagement",
        ModelVersion = 4,
        Band = "high",
        ReadTime = At(1),
        Until = At(15),
        CustomerCount = 480,
        LeavingCount = 31,
        Leavers =
        {
            new BandLeaver
            {
                CustomerId = "ada",
                AccountId = "acme",
                Score = 41.5,
                Time = At(3),
                NextBand = "low",
            },
        },
    };

    [Fact]
    public async Task Who_leaves_is_a_line_each_below_how_many_there_are()
    {
        await using var server = await HistoryServer.StartAsync(leavers: Leavers);

        var run = await RunAsync(server, "trials");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.StartsWith("trials\n", run.Output, StringComparison.Ordinal);
        Assert.Contains(
            "31 of 480 customers leave Highly engaged until 2026-03-15 00:00:00Z",
            run.Output,
            StringComparison.Ordinal
        );
        Assert.Matches(@"ada +acme +41\.5 +2026-03-03 00:00:00Z +Disengaged", run.Output);
        Assert.Contains("engagement v4", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_options_reach_the_server()
    {
        await using var server = await HistoryServer.StartAsync(leavers: Leavers);
        const string Options =
            "trials --filter plan=pro --workspace beta --band low --until 2027-03-08 --count 3 --model engagement@3";

        await RunAsync(server, Options.Split(' '));

        Assert.Equal(
            new ListBandLeaversRequest
            {
                Workspace = "beta",
                Segment = "trials",
                Filter = "plan=pro",
                Model = "engagement",
                ModelVersion = 3,
                Band = "low",
                Until = Timestamp.FromDateTime(new(2027, 3, 8, 0, 0, 0, DateTimeKind.Utc)),
                Count = 3,
            },
            Assert.Single(server.Requests)
        );
    }

    [Fact]
    public async Task As_JSON_it_is_the_answer_as_it_came()
    {
        await using var server = await HistoryServer.StartAsync(leavers: Leavers);

        var run = await RunAsync(server, "--json");

        using var json = JsonDocument.Parse(run.Output);
        Assert.Equal("low", json.RootElement.GetProperty("leavers")[0].GetProperty("nextBand").GetString());
    }

    [Theory]
    [InlineData("--until tomorrow", "--until: 'tomorrow' is neither how long from now")]
    [InlineData("--count 0", "--count")]
    [InlineData("trials others", "others")]
    public async Task What_cannot_be_meant_is_refused_before_anybody_is_asked(string options, string message)
    {
        var run = await CommandRun.OfAsync(["segments", "leavers", .. options.Split(' ')]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    private static Task<CommandRun> RunAsync(HistoryServer server, params string[] args) =>
        CommandRun.OfAsync(["segments", "leavers", .. args, "--address", server.Address]);

    private static Timestamp At(int day) => Timestamp.FromDateTime(new(2026, 3, day, 0, 0, 0, DateTimeKind.Utc));
}
