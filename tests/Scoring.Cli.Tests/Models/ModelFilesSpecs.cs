using Scoring.Cli.Tests.Support;
using Scoring.Cli.Tests.Terminal;

namespace Scoring.Cli.Tests.Models;

/// <summary>Models in files are checked and compared without a server.</summary>
public sealed class ModelFilesSpecs
{
    private const string Model = """
        {
          "name": "engagement",
          "version": 4,
          "description": "What counts.",
          "update_time": "2026-01-01T00:00:00Z",
          "etag": "v4",
          "author": "Ada",
          "change_note": "why",
          "terms": [
            { "event_type": "purchase", "half_life_days": 30, "weight": 5, "cap": 20, "dimension": "use" },
            { "event_type": "login", "half_life_days": 7, "weight": 1, "dimension": "use" },
            { "event_type": "complaint", "weight": -3, "measure": "MEASURE_VALUE", "dimension": "use" },
            { "feature": { "features": ["export", "api"], "measure": "FEATURE_MEASURE_DISTINCT", "window_days": 30 }, "weight": 4, "dimension": "use" },
            { "attribute": { "key": "plan", "values": ["pro"] }, "weight": 10, "dimension": "fit" },
            { "attribute": { "key": "seats", "steps": [{ "from": 5, "quantity": 1 }, { "from": 50, "quantity": 2.5 }] }, "weight": 2, "dimension": "fit" },
            { "recency": { "steps": [{ "from": 0, "quantity": 1 }] }, "weight": 8, "dimension": "use" },
            { "recency": { "half_life_days": 7 }, "weight": 6, "dimension": "use" },
            { "recency": { "half_life_days": 30, "event_type": "purchase" }, "weight": 3, "dimension": "use" },
            { "recency": { "event_type": "complaint", "steps": [{ "from": 0, "quantity": 1 }, { "from": 14, "quantity": 0 }] }, "weight": -4, "dimension": "use" },
            { "active_days": { "window_days": 14 }, "weight": 2, "cap": 10, "dimension": "use" }
          ],
          "dimensions": [{ "name": "use", "cap": 60 }, { "name": "fit", "title": "Fit", "cap": 20 }],
          "floor": -50,
          "grace_days": 14,
          "target_points": 90,
          "bands": [
            { "name": "low", "engagement": "ENGAGEMENT_NOT_ENGAGED", "at_most": 40 },
            { "name": "middle", "engagement": "ENGAGEMENT_SOMEWHAT_ENGAGED", "at_most": 70 },
            { "name": "high", "title": "High", "engagement": "ENGAGEMENT_ENGAGED" }
          ]
        }
        """;

    [Fact]
    public async Task A_model_as_the_server_gives_it_is_valid()
    {
        using var folder = new TempFolder();
        var file = folder.Write("m.json", Model);

        var run = await CommandRun.OfAsync("model", "lint", file);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("is a valid model.", run.Output.ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_fault_is_told_at_once_with_its_place_and_field()
    {
        using var folder = new TempFolder();
        var file = folder.Write(
            "m.json",
            Change(
                ("\"half_life_days\": 7", "\"half_life_days\": 8"),
                ("\"cap\": 20", "\"cap\": 0"),
                ("\"weight\": 4", "\"weight\": 4, \"event_type\": \"login\""),
                ("[\"pro\"]", "[]"),
                ("\"from\": 50", "\"from\": 5"),
                ("\"event_type\": \"complaint\", \"steps\"", $"\"event_type\": \"{new string('x', 129)}\", \"steps\""),
                ("\"window_days\": 14", "\"window_days\": 200"),
                ("\"cap\": 60", "\"cap\": 0"),
                ("\"floor\": -50", "\"floor\": -50, \"ceiling\": -60"),
                ("\"weight\": 6, \"dimension\": \"use\"", "\"weight\": 6, \"dimension\": \"uses\""),
                ("90", "-1")
            )
        );

        var run = await CommandRun.OfAsync("model", "lint", file);

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Equal(
            [
                $"{file}:10:68: terms[0].cap must be 1e-6 to 1e12, or absent for no limit",
                $"{file}:11:30: terms[1].half_life_days must be 0 (lifetime) or a half-life of workspace 'default': 7, 30",
                $"{file}:13:124: terms[3].event_type must be left out: the term does not count events",
                $"{file}:14:7: terms[4].attribute must have either 1 to 64 values, or steps",
                $"{file}:15:80: terms[5].attribute.steps[1].from must be -1e12 to 1e12 and above that of the step before it",
                $"{file}:17:20: terms[7].recency.half_life_days must be a half-life of workspace 'default': 7, 30",
                $"{file}:17:56: terms[7].dimension must be one of the model's dimensions: use, fit",
                $"{file}:19:20: terms[9].recency.event_type must be 1 to 128 bytes",
                $"{file}:20:24: terms[10].active_days.window_days must be 1 to 192",
                $"{file}:22:35: dimensions[0].cap must be 1e-6 to 1e12, or absent for no limit",
                $"{file}:22:80: dimensions[1].cap must be 1e-6 to 1e12, or absent for no limit",
                $"{file}:23:17: ceiling must be -1e12 to 1e12 and above the floor, or absent for no limit",
                $"{file}:25:3: target_points must be 1e-6 to 1e12: the points that make a score of 100",
            ],
            run.Error.TrimEnd().Split('\n')
        );
    }

    [Fact]
    public async Task What_is_no_field_or_has_another_type_is_told_with_its_place()
    {
        using var folder = new TempFolder();
        var file = folder.Write("m.json", Change(("\"weight\": 5", "\"wieght\": 5"), ("90", "\"many\"")));

        var run = await CommandRun.OfAsync("model", "lint", file);

        string[] faults = run.Error.TrimEnd().Split('\n');
        Assert.Equal(2, faults.Length);
        Assert.StartsWith($"{file}:10:55: terms[0].wieght is unknown; known are", faults[0], StringComparison.Ordinal);
        Assert.StartsWith($"{file}:25:20: target_points must be a number", faults[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("7,30", 0)]
    [InlineData("3,7,30", 0)]
    [InlineData("7", 1)]
    [InlineData("7,x", 2)]
    [InlineData("-7", 2)]
    public async Task Half_lives_are_those_that_are_named(string days, int exitCode)
    {
        using var folder = new TempFolder();

        var run = await CommandRun.OfAsync("model", "lint", folder.Write("m.json", Model), $"--half-lives={days}");

        Assert.Equal(exitCode, run.ExitCode);
    }

    [Fact]
    public async Task In_what_two_models_differ_is_told_in_words()
    {
        using var folder = new TempFolder();
        var before = folder.Write("before.json", Model);
        var after = folder.Write(
            "after.json",
            Change(
                ("\"weight\": 5, \"cap\": 20", "\"weight\": 7.5"),
                ("\"login\", \"half_life_days\": 7, \"weight\": 1", "\"login\", \"weight\": 1, \"cap\": 9"),
                ("\"target_points\": 90", "\"target_points\": 120"),
                ("\"window_days\": 30 }, \"weight\": 4", "\"window_days\": 30 }, \"weight\": 3"),
                ("[\"pro\"]", "[\"pro\", \"team\"]"),
                ("\"from\": 50", "\"from\": 40"),
                ("\"purchase\" }, \"weight\": 3", "\"purchase\" }, \"weight\": 2"),
                ("\"event_type\": \"complaint\", \"steps\"", "\"event_type\": \"refund\", \"steps\""),
                ("\"weight\": 6, \"dimension\": \"use\"", "\"weight\": 6, \"dimension\": \"fit\""),
                ("{ \"name\": \"use\", \"cap\": 60 }", "{ \"name\": \"use\" }"),
                ("\"floor\": -50", "\"ceiling\": 150"),
                ("\"grace_days\": 14", "\"grace_days\": 1"),
                ("\"middle\"", "\"mild\""),
                ("\"at_most\": 40", "\"below\": 45"),
                ("\"title\": \"High\"", "\"title\": \"Fans\""),
                ("What counts.", "What matters.")
            )
        );

        var run = await CommandRun.OfAsync("model", "diff", before, after);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(
            [
                "The weight of purchase (30 days) is 7.5; it was 5.",
                "The cap of purchase (30 days) is none; it was 20.",
                "login (lifetime) counts now, with a weight of 1 and a cap of 9.",
                "The weight of how many of export, api are used (30 days) is 3; it was 4.",
                "plan one of pro, team counts now, with a weight of 10.",
                "seats, 1 from 5, 2.5 from 40 counts now, with a weight of 2.",
                "The dimension of recency (7 days) is fit; it was use.",
                "The weight of recency of purchase (30 days) is 2; it was 3.",
                "days since refund, 1 from 0, 0 from 14 counts now, with a weight of -4.",
                "login (7 days) does not count any more; it had a weight of 1.",
                "plan = pro does not count any more; it had a weight of 10.",
                "seats, 1 from 5, 2.5 from 50 does not count any more; it had a weight of 2.",
                "days since complaint, 1 from 0, 0 from 14 does not count any more; it had a weight of -4.",
                "120 points make a score of 100, which 90 did: the same points score -25.0 %.",
                "The cap of the dimension use is none; it was 60.",
                "The floor is none; it was -50.",
                "The ceiling is 150; it was none.",
                "The tenure grace is 1 day; it was 14 days.",
                "The end of the band low is below 45; it was at 40, which belongs to it.",
                "The band mild is new; it ends at 70, which belongs to it.",
                "The title of the band high is \"Fans\"; it was \"High\".",
                "There is no band middle any more; it ended at 70, which belongs to it.",
                "The description is \"What matters.\"; it was \"What counts.\".",
            ],
            run.Output.TrimEnd().Split('\n').Select(line => line.TrimEnd())
        );
    }

    [Fact]
    public async Task Models_that_score_the_same_are_told_to_do_so()
    {
        using var folder = new TempFolder();
        var before = folder.Write("before.json", Model);
        var after = folder.Write("after.json", Change(("\"version\": 4", "\"version\": 5"), ("Ada", "Bob")));

        var run = await CommandRun.OfAsync("model", "diff", before, after);
        var json = await CommandRun.OfAsync("model", "diff", before, after, "--json");

        Assert.Contains("scores as", run.Output, StringComparison.Ordinal);
        Assert.Contains("\"differences\": []", json.Output, StringComparison.Ordinal);
    }

    private static string Change(params (string From, string To)[] changes) =>
        changes.Aggregate(
            Model,
            (model, change) =>
            {
                Assert.Contains(change.From, model, StringComparison.Ordinal);
                return model.Replace(change.From, change.To, StringComparison.Ordinal);
            }
        );
}
