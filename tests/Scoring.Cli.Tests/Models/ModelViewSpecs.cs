using Scoring.Cli.Models;
using Scoring.Cli.Terminal;
using Scoring.V1;

namespace Scoring.Cli.Tests.Models;

public sealed class ModelViewSpecs
{
    [Fact]
    public void A_term_of_many_features_is_shown_whole_with_its_dimension()
    {
        var features = Enumerable.Range(1, 20).Select(i => $"feature-{i}").ToList();
        var model = new ScoringModel
        {
            Name = "adoption",
            TargetPoints = 80,
            Dimensions = { new Dimension { Name = "depth" } },
            Terms =
            {
                new Term
                {
                    Dimension = "depth",
                    Weight = 12.5,
                    Feature = new FeatureTerm { Features = { features } },
                },
            },
        };
        using var output = new StringWriter();

        ModelView.Show(Screen.Of(output, TextWriter.Null).Output, model);

        Assert.All(features, feature => Assert.Contains(feature, output.ToString(), StringComparison.Ordinal));
        Assert.Matches(@"depth +– +12\.5 +–", output.ToString());
    }
}
