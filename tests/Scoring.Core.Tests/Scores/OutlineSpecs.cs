using Scoring.Core.Scores;
using Scoring.Core.Tests.Oracle;

namespace Scoring.Core.Tests.Scores;

public sealed class OutlineSpecs
{
    [Fact]
    public void An_outline_is_what_the_score_says_to_the_bit() =>
        Scenario.ForAll(scenario =>
        {
            var population = scenario.Populate();
            for (var row = 0; row < population.Count; row++)
            {
                var score = population.Score(row, scenario.Model, scenario.ReadTime);
                Assert.Equal(
                    new ScoreOutline(score.Score, score.Band, score.Lifecycle, score.Momentum),
                    population.Outline(row, scenario.Model, scenario.ReadTime)
                );
            }
        });
}
