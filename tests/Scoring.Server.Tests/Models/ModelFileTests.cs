using System.Text;
using Scoring.Core.Facts;
using Scoring.Core.Models;
using Scoring.Core.Workspaces;
using Scoring.ModelFiles;

namespace Scoring.Server.Tests.Models;

public sealed class ModelFileTests
{
    private static readonly WorkspaceSettings Workspace = new() { Name = "trial", HalfLivesDays = [7, 30] };

    private const string Good = """
        {
          "name": "engagement",
          "targetPoints": 10,
          "terms": [
            { "event_type": "purchase", "half_life_days": 7, "weight": 2 },
            { "eventType": "visit", "halfLifeDays": 0, "weight": "-1.5", "cap": 3, "measure": "MEASURE_VALUE" }
          ],
          "bands": [
            { "name": "low", "engagement": "ENGAGEMENT_NOT_ENGAGED", "at_most": 50 },
            { "name": "high", "engagement": 3 }
          ]
        }
        """;

    public static TheoryData<string, string, string> BadFiles =>
        new()
        {
            // What is replaced, by what, and the fault that is found.
            { "\"targetPoints\": 10,", "\"targetPoints\": 10", "m.json:4:3: is not JSON" },
            { "\"weight\": 2 }", "\"weight\": 2", "m.json:6:5: is not JSON" },
            { "\"targetPoints\"", "\"target\"", "m.json:3:3: target is unknown; known are name, version," },
            { "\"half_life_days\": 7", "\"half_life\": 7", "m.json:5:33: terms[0].half_life is unknown" },
            {
                "\"weight\": 2 }",
                "\"weight\": \"two\" }",
                "m.json:5:64: terms[0].weight must be a number, not \"two\""
            },
            { "\"half_life_days\": 7", "\"half_life_days\": 7.5", "terms[0].half_life_days must be a whole number" },
            { "\"name\": \"engagement\"", "\"name\": 7", "m.json:2:11: name must be a string, not 7" },
            { "purchase", "\\ud800", "m.json:5:21: terms[0].event_type must be a string" },
            { "event_type", "\\ud800", "m.json:5:7: is not JSON: a name is no Unicode text" },
            {
                "MEASURE_VALUE",
                "MEASURE_SUM",
                "m.json:6:87: terms[1].measure must be one of MEASURE_COUNT, MEASURE_VALUE"
            },
            { "\"high\", \"engagement\": 3", "\"high\", \"engagement\": []", "bands[1].engagement must be one of" },
            { "{ \"name\": \"high\", \"engagement\": 3 }", "7", "m.json:10:5: bands[1] must be an object" },
            { "\"targetPoints\": 10", "\"targetPoints\": 0", "m.json:3:3: target_points must be 1e-6 to 1e12" },
            {
                "\"half_life_days\": 7",
                "\"half_life_days\": 8",
                "m.json:5:33: terms[0].half_life_days must be 0 (lifetime) or a half-life of workspace 'trial': 7, 30"
            },
            { "\"cap\": 3", "\"cap\": -3", "m.json:6:66: terms[1].cap must be 1e-6 to 1e12" },
            { "\"engagement\": 3", "\"title\": \"High\"", "m.json:10:5: bands[1].engagement must be" },
            { ", \"at_most\": 50", "", "m.json:9:5: bands[0] needs an upper end" },
            { "\"at_most\": 50", "\"at_most\": 50, \"below\": 50", "m.json:9:77: bands[0].below is one too many" },
            { "\"at_most\": 50", "\"at_most\": 50, \"atMost\": 60", "bands[0].at_most is given twice" },
        };

    [Fact]
    public void File_holds_a_model_in_either_spelling_of_protobuf_JSON()
    {
        var model = Parse(Good);

        Assert.Equal(
            ("engagement", 10.0, 2, 2),
            (model.Name, model.TargetPoints, model.Terms.Count, model.Bands.Count)
        );
        Assert.Equal(new EventTerm("visit", 0, Measure.Value, -1.5, 3), model.Terms[1]);
    }

    [Theory]
    [MemberData(nameof(BadFiles))]
    public void Bad_file_is_told_with_line_and_reason(string replaced, string by, string fault)
    {
        Assert.Contains(replaced, Good, StringComparison.Ordinal);
        var bad = Good.Replace(replaced, by, StringComparison.Ordinal);

        var error = Assert.Throws<ModelFileException>(() => Parse(bad));

        Assert.Contains(fault, Assert.Single(error.Faults), StringComparison.Ordinal);
        Assert.StartsWith("m.json:", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_faults_are_told_in_the_order_of_the_file()
    {
        var bad = Good.Replace("purchase", "", StringComparison.Ordinal)
            .Replace("\"low\"", "\"LOW\"", StringComparison.Ordinal)
            .Replace("\"targetPoints\": 10", "\"targetPoints\": -1", StringComparison.Ordinal);

        var error = Assert.Throws<ModelFileException>(() => Parse(bad));

        Assert.Equal(
            ["m.json:3:3", "m.json:5:7", "m.json:9:7"],
            error.Faults.Select(fault => fault[..fault.IndexOf(": ", StringComparison.Ordinal)])
        );
    }

    [Theory]
    [InlineData("", "m.json:1:1: is not JSON")]
    [InlineData("[]", "m.json:1:1: the model must be an object")]
    [InlineData("null", "m.json:1:1: the model must be an object")]
    [InlineData("{}", "m.json:1:1: name must be")]
    [InlineData("{} {}", "m.json:1:4: is not JSON")]
    public void What_is_no_model_at_all_is_told_so(string text, string fault)
    {
        var error = Assert.Throws<ModelFileException>(() => Parse(text));

        Assert.StartsWith(fault, error.Faults[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_no_text_are_told_by_line()
    {
        var bad = Encoding.UTF8.GetBytes(Good);
        bad[Good.IndexOf("visit", StringComparison.Ordinal)] = 0xff;

        var error = Assert.Throws<ModelFileException>(() => ModelFile.Parse("m.json", bad, Workspace));

        Assert.StartsWith("m.json:6:21: is not text", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Byte_order_mark_is_no_fault() =>
        Assert.Equal(
            "engagement",
            ModelFile.Parse("m.json", [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(Good)], Workspace).Name
        );

    [Fact]
    public void Missing_file_is_told_by_its_path()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "no-such-model.json");

        var error = Assert.Throws<ModelFileException>(() => ModelFile.Load(path, Workspace));

        Assert.StartsWith($"{path}: cannot be read", error.Message, StringComparison.Ordinal);
    }

    private static ScoringModel Parse(string json) =>
        ModelFile.Parse("m.json", Encoding.UTF8.GetBytes(json), Workspace);
}
