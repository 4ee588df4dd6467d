using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Scoring.Cli.Tests.Support;
using Scoring.Cli.Tests.Terminal;
using Scoring.V1;

namespace Scoring.Cli.Tests.Models;

/// <summary><c>scoring model evaluate</c>: what is asked, and what is shown.</summary>
public sealed class ModelEvaluateSpecs
{
    private static readonly ModelEvaluation Judged = new()
    {
        CutOffs =
        {
            new EvaluatedCutOff
            {
                Time = Timestamp.FromDateTime(new(2026, 3, 1, 0, 0, 0, DateTimeKind.Utc)),
                CustomerCount = 1_200,
                HappenedCount = 130,
                LeftOutCount = 12,
                LateEventCount = 34,
            },
        },
        Models =
        {
            new EvaluatedModel
            {
                ModelName = "engagement",
                ModelVersion = 4,
                Area = Area(0.7531),
                CutOffs = { new CutOffArea { Area = Area(0.7531) } },
                AveragePrecision = 0.412,
                Tenths =
                {
                    new LiftTenth
                    {
                        Count = 120,
                        HappenedCount = 61.5,
                        Lift = 4.73,
                        Captured = 0.473,
                    },
                },
                Calibration = new()
                {
                    LogLoss = 0.301,
                    BaseLogLoss = 0.343,
                    Brier = 0.091,
                },
                LeadTime = new()
                {
                    HappenedCount = 130,
                    WarnedCount = 62,
                    Median = Duration.FromTimeSpan(TimeSpan.FromDays(17.5)),
                },
            },
            new EvaluatedModel
            {
                ModelName = "mine",
                CutOffs = { new CutOffArea() },
                Gaps = { EvidenceGap.TooFewHappened, EvidenceGap.IntervalTooWide },
            },
        },
        Difference = new()
        {
            Difference = 0.0213,
            LowerBound = 0.004,
            UpperBound = 0.0386,
            PValue = 0.0158,
        },
        Warnings =
        {
            new EvaluationWarning
            {
                Kind = EvaluationWarningKind.OutcomeIsScored,
                ModelName = "engagement",
                EventType = "subscription_cancelled",
                Count = 130,
            },
            new EvaluationWarning { Kind = EvaluationWarningKind.CountsLateEvents, Count = 34 },
        },
    };

    [Fact]
    public async Task Areas_lift_calibration_lead_and_warnings_are_shown()
    {
        await using var server = await HistoryServer.StartAsync(evaluation: Judged);

        var run = await RunAsync(server, "--event", "subscription_cancelled");

        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith(
            "subscription_cancelled within 30 days, expected of low scores\n",
            run.Output,
            StringComparison.Ordinal
        );
        Assert.Matches(@"2026-03-01 +1,200 +130 +12 +34 +0\.753 \(0\.703 to 0\.803\) +–\s", run.Output);
        Assert.Matches(
            @"engagement v4 +0\.753 \(0\.703 to 0\.803\) +0\.412 +0\.301 +0\.343 +0\.091 +48 % +17\.5 days\s",
            run.Output
        );
        Assert.Matches(@"mine, the file +– +– +– +– +– +– +–\s", run.Output);
        Assert.Contains(
            "The difference in AUC is +0.021 (95 %: +0.004 to +0.039), p = 0.016.",
            run.Output,
            StringComparison.Ordinal
        );
        Assert.Matches(@"1, the likeliest +120 +61\.5 +4\.7 +47 %\s", run.Output);
        Assert.Contains(
            "mine, the file: too little to say anything by: it happened to fewer than 30 customers; the interval of the AUC is too wide.",
            OneLine(run.Output),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "engagement scores subscription_cancelled, which is what it is to tell beforehand.",
            OneLine(run.Output),
            StringComparison.Ordinal
        );
        Assert.Contains("34 events counted that were not known", OneLine(run.Output), StringComparison.Ordinal);
        Assert.Contains("Scores as they were known at each cut-off", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_options_reach_the_server()
    {
        await using var server = await HistoryServer.StartAsync(evaluation: Judged);
        const string Options =
            "adoption@3 --workspace beta --against engagement@2 --filter plan=pro --segment trials --event purchase --recurring --high --horizon 14 --cut-offs 4 --every 7 --last 2026-01-31 --as-understood-now";

        var run = await RunAsync(server, Options.Split(' '));

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(
            new EvaluateScoringModelRequest
            {
                Workspace = "beta",
                Model = "adoption",
                ModelVersion = 3,
                Against = "engagement",
                AgainstVersion = 2,
                Filter = "plan=pro",
                Segment = "trials",
                Outcome = new()
                {
                    Event = new() { EventType = "purchase", CanRecur = true },
                },
                HorizonDays = 14,
                CutOffCount = 4,
                CutOffIntervalDays = 7,
                LastCutOff = Timestamp.FromDateTime(new(2026, 1, 31, 0, 0, 0, DateTimeKind.Utc)),
                HighScoresExpectIt = true,
                AsUnderstoodNow = true,
            },
            Assert.Single(server.Requests)
        );
    }

    [Fact]
    public async Task A_model_and_a_list_of_files_reach_the_server()
    {
        await using var server = await HistoryServer.StartAsync(evaluation: Judged);
        using var folder = new TempFolder();
        var model = folder.Write("mine.json", """{ "name": "mine" }""");
        var list = folder.Write(
            "left.csv",
            "customer,left\nada,2026-01-05\n\"bob, the second\",2026-02-01T12:00:00Z\n"
        );

        var run = await RunAsync(server, "--file", model, "--list", list);

        Assert.Equal(0, run.ExitCode);
        var request = Assert.IsType<EvaluateScoringModelRequest>(Assert.Single(server.Requests));
        Assert.Equal("mine", request.Candidate.Name);
        Assert.Equal(
            [("ada", "2026-01-05T00:00:00Z"), ("bob, the second", "2026-02-01T12:00:00Z")],
            request.Outcome.List.Customers.Select(of => (of.CustomerId, of.Time.ToString().Trim('"')))
        );
    }

    [Theory]
    [InlineData("one of --event, --attribute, --silence and --list")]
    [InlineData("one of --event, --attribute, --silence and --list", "--event", "a", "--silence", "5")]
    [InlineData("is not KEY=VALUE", "--attribute", "plan")]
    public async Task An_outcome_that_is_not_said_or_said_twice_is_refused(string error, params string[] args)
    {
        await using var server = await HistoryServer.StartAsync();

        var run = await RunAsync(server, args);

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains(error, run.Error, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_list_with_a_line_without_a_time_is_refused_by_its_line()
    {
        await using var server = await HistoryServer.StartAsync();
        using var folder = new TempFolder();

        var run = await RunAsync(server, "--list", folder.Write("left.csv", "ada,2026-01-05\nbob,soon\n"));

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("line 2", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task JSON_has_all_of_it()
    {
        await using var server = await HistoryServer.StartAsync(evaluation: Judged);

        var run = await RunAsync(server, "--silence", "30", "--json");

        using var answer = JsonDocument.Parse(run.Output);
        Assert.Equal(0.0158, answer.RootElement.GetProperty("difference").GetProperty("pValue").GetDouble());
        Assert.Equal("mine", answer.RootElement.GetProperty("models")[1].GetProperty("modelName").GetString());
    }

    private static AreaUnderRoc Area(double area) =>
        new()
        {
            Area = area,
            LowerBound = area - 0.05,
            UpperBound = area + 0.05,
        };

    private static string OneLine(string text) =>
        string.Join(' ', text.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries));

    private static Task<CommandRun> RunAsync(HistoryServer server, params string[] args) =>
        CommandRun.OfAsync(["model", "evaluate", .. args, "--address", server.Address]);
}
