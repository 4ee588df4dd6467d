using FsCheck;
using FsCheck.Fluent;
using Scoring.Core.Segments;

namespace Scoring.Core.Tests.Segments;

public sealed class DistributionSpecs
{
    [Fact]
    public void Selecting_a_rank_gives_what_sorting_gives() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(500),
            Prop.ForAll(
                Gen.Choose(-5, 20).NonEmptyListOf().Zip(Gen.Choose(0, 1_000)).ToArbitrary(),
                sample =>
                {
                    double[] scores = [.. sample.Item1.Select(n => n / 3.0)];
                    double[] sorted = [.. scores.Order()];
                    var rank = sample.Item2 % scores.Length;
                    Assert.Equal(sorted[rank], RankSelection.Select(scores, rank));
                    Assert.All(scores[..rank], score => Assert.True(score <= scores[rank]));
                    Assert.All(scores[rank..], score => Assert.True(score >= scores[rank]));
                }
            )
        );

    [Fact]
    public void A_score_lies_within_the_ends_of_its_bucket() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(2_000),
            Prop.ForAll(
                Gen.Choose(1, 70).Zip(Gen.Choose(-3_000, 3_000)).ToArbitrary(),
                sample =>
                {
                    var spec = new HistogramSpec(-0.7, 2.3, sample.Item1);
                    // On an end as often as between two.
                    var score =
                        sample.Item2 % 2 == 0
                            ? spec.LowerEnd(1 + (Math.Abs(sample.Item2) % (sample.Item1 + 1)))
                            : sample.Item2 / 700.0;
                    var found = ScoreDistribution.Of([Samples.Listed(score)], Samples.Model(), spec, [], isPart: false);
                    var bucket = Array.IndexOf(found.Histogram, 1);
                    Assert.Equal(1, found.Histogram.Sum());
                    Assert.True(bucket == 0 ? score < spec.From : score >= spec.LowerEnd(bucket));
                    Assert.True(bucket == spec.Buckets + 1 || score < spec.LowerEnd(bucket + 1));
                }
            )
        );

    [Fact]
    public void Percentiles_interpolate_between_closest_ranks()
    {
        double[] scores = [40, 10, 30, 20];
        double[] percentiles = [50, 0, 100, 25];
        var found = ScoreDistribution.Of(
            [Samples.Listed(scores)],
            Samples.Model(),
            HistogramSpec.Default,
            percentiles,
            isPart: false
        );
        Assert.Equal([25, 10, 40, 17.5], PercentileRanks.Select(percentiles, [found])!.Select(p => p.Score));
    }
}
