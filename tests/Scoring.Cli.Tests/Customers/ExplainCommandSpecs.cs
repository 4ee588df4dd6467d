using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Scoring.Cli.Tests.Support;
using Scoring.Cli.Tests.Terminal;
using Scoring.V1;

namespace Scoring.Cli.Tests.Customers;

/// <summary><c>scoring customers explain</c>: what is asked, and what is shown.</summary>
public sealed class ExplainCommandSpecs
{
    private static readonly Timestamp Then = At(2026, 2, 1);
    private static readonly Timestamp Now = At(2026, 3, 1);

    private static readonly Term Weekly = new() { EventType = "login", HalfLifeDays = 7 };
    private static readonly Term ForLife = new() { EventType = "login" };
    private static readonly Term Exports = new() { Feature = new FeatureTerm { Features = { "export" } } };

    [Fact]
    public async Task Both_scores_and_what_makes_the_difference_are_shown_the_largest_part_first()
    {
        var run = await RunAsync(
            Changed(
                Part(ScoreChangeKind.Decay, "", -3.1, Weekly),
                Part(ScoreChangeKind.Events, "login", 5.4, Weekly, 12),
                Part(ScoreChangeKind.Events, "login", 3, ForLife, 12),
                Part(ScoreChangeKind.Events, "feature_used", 0.5, Exports, 1)
            )
        );

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        var lines = Lines(run);
        Assert.Equal("ada", lines[0]);
        Assert.Equal("From 2026-02-01 00:00:00Z 34.2 Disengaged engagement v3", lines[1]);
        Assert.Equal("To 2026-03-01 00:00:00Z 40.0 Highly engaged engagement v4", lines[2]);
        Assert.Equal(
            ["12 events of type login +8.4", "Decay -3.1", "1 event of type feature_used +0.5", "all +5.8"],
            lines[^4..]
        );
    }

    [Fact]
    public async Task Every_reason_is_told_in_plain_words()
    {
        var run = await RunAsync(
            Changed(
                Part(ScoreChangeKind.LateEvents, "login", 15, Weekly, 2_000),
                Part(ScoreChangeKind.Decay, "login", -14, Weekly),
                Part(ScoreChangeKind.Limit, "", -13, Weekly),
                Part(ScoreChangeKind.Limit, "", -12, ForLife),
                Part(ScoreChangeKind.Limit, "", -11, Exports),
                Part(ScoreChangeKind.Limit, "depth", -10),
                Part(ScoreChangeKind.Limit, "", 9),
                Part(ScoreChangeKind.Attributes, "plan", 8),
                Part(ScoreChangeKind.Adjustment, "", 7),
                Part(ScoreChangeKind.Merge, "anon-17", 6, events: 3),
                Part(ScoreChangeKind.Model, "", 5),
                Part(ScoreChangeKind.Pruning, "", -4)
            )
        );

        Assert.Equal(
            [
                "2,000 late events of type login +15.0",
                "Decay of login -14.0",
                "Limit of login, half-life of 7 days -13.0",
                "Limit of login, lifetime -12.0",
                "Limit of uses of export -11.0",
                "Limit of depth -10.0",
                "Floor or ceiling +9.0",
                "Attributes: plan +8.0",
                "Adjustment by hand +7.0",
                "Merged customers: anon-17 +6.0",
                "Model: version 4 instead of 3 +5.0",
                "Removed names -4.0",
            ],
            Lines(run)[^13..^1]
        );
    }

    [Fact]
    public async Task Who_was_not_known_at_first_had_no_score_then()
    {
        var change = Changed(Part(ScoreChangeKind.Events, "login", 40, Weekly, 3));
        change.From = null;

        var run = await RunAsync(change);

        Assert.Equal("From 2026-02-01 00:00:00Z nothing was known of it, which counts as 0", Lines(run)[1]);
    }

    [Fact]
    public async Task Where_nothing_changed_that_is_said()
    {
        var run = await RunAsync(Changed());

        Assert.Equal("Nothing changed it.", Lines(run)[^1]);
    }

    [Fact]
    public async Task All_options_reach_the_server()
    {
        await using var server = await HistoryServer.StartAsync(change: Changed());

        await RunAsync(
            server,
            "ada --workspace beta --from 2026-02-01 --to 2026-03-01 --model engagement@4 --from-version 3"
        );
        await RunAsync(server, "ada --from 48h");

        Assert.Equal(
            new ExplainScoreChangeRequest
            {
                Workspace = "beta",
                CustomerId = "ada",
                Model = "engagement",
                ModelVersion = 4,
                FromModelVersion = 3,
                StartTime = Then,
                EndTime = Now,
            },
            server.Requests.First()
        );
        var least = (ExplainScoreChangeRequest)server.Requests.Last();
        Assert.Equal(2, (DateTimeOffset.UtcNow - least.StartTime.ToDateTimeOffset()).TotalDays, 0.01);
        Assert.Equal((null, 0, ""), (least.EndTime, least.FromModelVersion, least.Model));
    }

    [Fact]
    public async Task As_JSON_it_is_the_answer_as_it_came()
    {
        var run = await RunAsync(Changed(Part(ScoreChangeKind.Events, "login", 8.4, Weekly, 12)), "--json");

        using var json = JsonDocument.Parse(run.Output);
        var part = json.RootElement.GetProperty("parts")[0];
        Assert.Equal(
            ("SCORE_CHANGE_KIND_EVENTS", "8400000"),
            (part.GetProperty("kind").GetString(), part.GetProperty("scoreMicros").GetString())
        );
    }

    [Theory]
    [InlineData("", "--from")]
    [InlineData("--from soon", "--from: 'soon' is neither how long ago")]
    [InlineData("--from 3d --from-version 0", "--from-version must be at least 1")]
    public async Task What_cannot_be_meant_is_refused_before_anybody_is_asked(string options, string message)
    {
        var run = await CommandRun.OfAsync([
            "customers",
            "explain",
            "ada",
            .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        ]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    private static async Task<CommandRun> RunAsync(ExplainScoreChangeResponse change, string more = "")
    {
        await using var server = await HistoryServer.StartAsync(change: change);
        return await RunAsync(server, $"ada --from 2026-02-01 {more}");
    }

    private static Task<CommandRun> RunAsync(HistoryServer server, string args) =>
        CommandRun.OfAsync([
            "customers",
            "explain",
            .. args.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            "--address",
            server.Address,
        ]);

    /// <summary>The lines that hold something, with one blank between words.</summary>
    private static string[] Lines(CommandRun run) =>
        [
            .. run
                .Output.Split('\n')
                .Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Trim())
                .Where(line => line.Any(char.IsLetterOrDigit)),
        ];

    private static ExplainScoreChangeResponse Changed(params ScoreChangePart[] parts) =>
        new()
        {
            CustomerId = "ada",
            From = Score(Then, 34.2, "low", 3),
            To = Score(Now, 40, "high", 4),
            Difference = 5.8,
            DifferenceMicros = 5_800_000,
            Parts = { parts },
        };

    private static ScoreChangePart Part(
        ScoreChangeKind kind,
        string subject,
        double score,
        Term? term = null,
        long events = 0
    ) =>
        new()
        {
            Kind = kind,
            Subject = subject,
            Score = score,
            ScoreMicros = (long)Math.Round(score * 1e6),
            Term = term,
            EventCount = events,
        };

    private static CustomerScore Score(Timestamp at, double score, string band, int version) =>
        new()
        {
            CustomerId = "ada",
            Score = score,
            Band = band,
            ReadTime = at,
            ModelName = "engagement",
            ModelVersion = version,
        };

    private static Timestamp At(int year, int month, int day) =>
        Timestamp.FromDateTime(new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc));
}
