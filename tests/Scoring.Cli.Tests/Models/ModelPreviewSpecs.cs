using Scoring.Cli.Models;
using Scoring.Cli.Terminal;
using Scoring.V1;

namespace Scoring.Cli.Tests.Models;

public sealed class ModelPreviewSpecs
{
    [Fact]
    public void Reasons_of_a_move_are_told_where_what_counts_adds_up_to_nothing()
    {
        var before = new CustomerScore
        {
            CustomerId = "ada",
            Contributions =
            {
                new Contribution { EventType = "purchase", Points = 20 },
                new Contribution { EventType = "complaint", Points = -20 },
            },
        };
        var after = before.Clone();
        after.Score = -40;
        after.Points = -20;
        after.Contributions[1].Points = -40;
        var preview = new PreviewScoringModelResponse
        {
            Current = new SegmentStats { CustomerCount = 1 },
            Candidate = new SegmentStats { CustomerCount = 1 },
            Fallen =
            {
                new ScoreMove { Current = before, Candidate = after },
            },
        };
        using var output = new StringWriter();
        var palette = new Palette(new ScoringModel { TargetPoints = 50 });

        ModelPreviewView.Show(Screen.Of(output, TextWriter.Null).Output, preview, [], palette, palette);

        Assert.Matches(@"ada +0\.0 +-40\.0 +complaint -40\.0 *\n", output.ToString());
    }
}
