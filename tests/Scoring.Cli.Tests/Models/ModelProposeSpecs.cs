using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Scoring.Cli.Tests.Support;
using Scoring.Cli.Tests.Terminal;
using Scoring.V1;

namespace Scoring.Cli.Tests.Models;

/// <summary><c>scoring model propose</c>: what is asked, what is shown, and the file that is written.</summary>
public sealed class ModelProposeSpecs
{
    private static readonly ModelProposal Proposed = new()
    {
        Draft = new()
        {
            Name = "engagement",
            TargetPoints = 50,
            Terms =
            {
                new Term
                {
                    EventType = "session_started",
                    HalfLifeDays = 30,
                    Weight = 2.345,
                },
                new Term { EventType = "page_viewed", Weight = 0 },
                new Term { EventType = "subscription_cancelled", Weight = -40 },
            },
            Bands =
            {
                new Band
                {
                    Name = "churn_risk",
                    Engagement = Engagement.NotEngaged,
                    Below = 0,
                },
                new Band { Name = "engaged", Engagement = Engagement.Engaged },
            },
        },
        Weights =
        {
            new ProposedWeight
            {
                Kind = ProposedWeightKind.Fitted,
                BaseWeight = 1,
                Weight = 2.345,
                Coefficient = 0.4321,
                Deviation = 3.25,
            },
            new ProposedWeight
            {
                Kind = ProposedWeightKind.Dropped,
                BaseWeight = 0.5,
                Deviation = 12,
            },
            new ProposedWeight
            {
                Kind = ProposedWeightKind.Kept,
                BaseWeight = -40,
                Weight = -40,
            },
        },
        Penalty = 100,
        OutcomeCount = 132,
        NeededOutcomeCount = 20,
        TaughtCutOffs = { CutOff(month: 1, 1_100, 60), CutOff(month: 2, 1_150, 72) },
        Evaluation = new()
        {
            CutOffs = { CutOff(month: 3, 1_200, 130) },
            Models = { Judged(0, 0.77), Judged(4, 0.75) },
            Difference = new()
            {
                Difference = 0.02,
                LowerBound = 0.004,
                UpperBound = 0.036,
                PValue = 0.0158,
            },
            Warnings = { Warning, Warning.Clone() },
        },
        Bands =
        {
            new ProposedBand
            {
                Name = "churn_risk",
                BaseShare = 0.12,
                DraftShare = 0.15,
            },
        },
    };

    private static EvaluationWarning Warning =>
        new()
        {
            Kind = EvaluationWarningKind.OutcomeIsScored,
            ModelName = "engagement",
            EventType = "subscription_cancelled",
            Count = 130,
        };

    [Fact]
    public async Task Weights_bands_and_both_models_are_shown()
    {
        await using var server = await HistoryServer.StartAsync(proposal: Proposed);

        var run = await RunAsync(server, "--event", "subscription_cancelled");

        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith(
            "subscription_cancelled within 30 days, expected of low scores\n",
            run.Output,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "The first part teaches: 2 cut-offs, 2026-01-01 to 2026-02-01, 2,250 scores, after 132 of which it happened.",
            OneLine(run.Output),
            StringComparison.Ordinal
        );
        Assert.Matches(@"session started +30 days +1 +2\.345 +\+0\.432 +3\.25\s", run.Output);
        Assert.Matches(@"page viewed +lifetime +0\.5 +0 +– +12 +dropped\s", run.Output);
        Assert.Matches(@"subscription cancelled +lifetime +-40 +-40 +– +0 +kept\s", run.Output);
        Assert.Matches(@"churn risk +12 % +15 %\s", run.Output);
        Assert.Matches(@"\n +draft +0\.770 \(0\.720 to 0\.820\)", run.Output);
        Assert.Matches(@"\n +engagement v4 +0\.750 \(0\.700 to 0\.800\)", run.Output);
        Assert.Contains("The difference in AUC is +0.020", run.Output, StringComparison.Ordinal);
        Assert.Single(OneLine(run.Output).Split("scores subscription_cancelled, which is what").Skip(1));
        Assert.Contains("Dropped: with the sign that it may have", OneLine(run.Output), StringComparison.Ordinal);
        Assert.Contains("AUC of draft", run.Output, StringComparison.Ordinal);
        Assert.Contains("not stored; write it to a file with --draft", OneLine(run.Output), StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_options_reach_the_server()
    {
        await using var server = await HistoryServer.StartAsync(proposal: Proposed);
        const string Options =
            "adoption@3 --workspace beta --filter plan=pro --segment trials --event purchase --recurring --high --horizon 14 --cut-offs 4 --judged 1 --every 7 --last 2026-01-31 --as-understood-now --free-signs";

        var run = await RunAsync(server, Options.Split(' '));

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(
            new ProposeScoringModelRequest
            {
                Workspace = "beta",
                Model = "adoption",
                ModelVersion = 3,
                Filter = "plan=pro",
                Segment = "trials",
                Outcome = new()
                {
                    Event = new() { EventType = "purchase", CanRecur = true },
                },
                HorizonDays = 14,
                CutOffCount = 4,
                JudgedCutOffCount = 1,
                CutOffIntervalDays = 7,
                LastCutOff = Timestamp.FromDateTime(new(2026, 1, 31, 0, 0, 0, DateTimeKind.Utc)),
                HighScoresExpectIt = true,
                AsUnderstoodNow = true,
                FreeSigns = true,
            },
            Assert.Single(server.Requests)
        );
    }

    [Fact]
    public async Task The_draft_is_written_as_a_model_that_lint_takes()
    {
        await using var server = await HistoryServer.StartAsync(proposal: Proposed);
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "draft.json");

        var run = await RunAsync(server, "--silence", "30", "--draft", file);
        var lint = await CommandRun.OfAsync("model", "lint", file);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains($"scoring model preview {file}", OneLine(run.Output), StringComparison.Ordinal);
        Assert.Equal(0, lint.ExitCode);
        Assert.Contains(
            "2.345",
            await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Where_there_is_too_little_it_says_so_and_writes_no_file()
    {
        await using var server = await HistoryServer.StartAsync(
            proposal: new()
            {
                Gaps = { ProposalGap.TooFewPerWeight, ProposalGap.TooFewToJudge },
                OutcomeCount = 13,
                NeededOutcomeCount = 90,
                TaughtCutOffs = { CutOff(month: 1, 100, 13) },
                Evaluation = new() { CutOffs = { CutOff(month: 3, 120, 9) }, Models = { Judged(4, 0.6) } },
            }
        );
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "draft.json");

        var run = await RunAsync(server, "--silence", "30", "--draft", file);

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains(
            "Nothing is proposed: the first part has 13 customers of the rarer kind, and 90 are needed, 10 for each weight.",
            OneLine(run.Output),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "fewer than 30 customers of one kind to judge by",
            OneLine(run.Output),
            StringComparison.Ordinal
        );
        Assert.Contains("not written, since nothing is proposed", OneLine(run.Error), StringComparison.Ordinal);
        Assert.False(File.Exists(file));
    }

    [Fact]
    public async Task JSON_has_all_of_it()
    {
        await using var server = await HistoryServer.StartAsync(proposal: Proposed);

        var run = await RunAsync(server, "--silence", "30", "--json");

        using var answer = JsonDocument.Parse(run.Output);
        Assert.Equal(2.345, answer.RootElement.GetProperty("weights")[0].GetProperty("weight").GetDouble());
        Assert.Equal("engagement", answer.RootElement.GetProperty("draft").GetProperty("name").GetString());
    }

    private static EvaluatedCutOff CutOff(int month, long customers, long happened) =>
        new()
        {
            Time = Timestamp.FromDateTime(new(2026, month, 1, 0, 0, 0, DateTimeKind.Utc)),
            CustomerCount = customers,
            HappenedCount = happened,
        };

    private static EvaluatedModel Judged(int version, double area) =>
        new()
        {
            ModelName = "engagement",
            ModelVersion = version,
            Area = Area(area),
            CutOffs = { new CutOffArea { Area = Area(area) } },
        };

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
        CommandRun.OfAsync(["model", "propose", .. args, "--address", server.Address]);
}
