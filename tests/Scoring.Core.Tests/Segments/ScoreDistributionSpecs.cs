using System.Buffers;
using Scoring.Core.Segments;
using Scoring.Core.Serialization;

namespace Scoring.Core.Tests.Segments;

/// <summary>Scores enough for many pieces and cells, of every shape that could upset where the cells are put.</summary>
public sealed class ScoreDistributionSpecs
{
    private static readonly double[] Percentiles = [0, 0.1, 5, 25, 33.3, 50, 75, 95, 99.99, 100];

    public static TheoryData<string> Shapes =>
        [
            "even",
            "normal",
            "steep",
            "outliers",
            "equal",
            "nearly equal",
            "on the ends",
            "next to the ends",
            "two",
            "tiny",
            "huge",
        ];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Figures_are_those_of_sorting_and_counting_one_by_one(string shape)
    {
        var random = new Random(shape.Length);
        double[] scores = [.. Enumerable.Range(0, 200_003).Select(i => Score(shape, i, random))];
        // Parts of different lengths.
        double[][] parts = [scores[..70_000], scores[70_000..70_007], scores[70_007..]];
        var found = Of(parts, isPart: false);

        AssertSorted(scores, found, [found]);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Figures_of_parts_that_lie_elsewhere_are_the_same_though_few_scores_are_sent(string shape)
    {
        var random = new Random(shape.Length);
        double[] scores = [.. Enumerable.Range(0, 200_003).Select(i => Score(shape, i, random))];
        random.Shuffle(scores);
        // Parts of different lengths.
        double[][] parts = [scores[..90_000], scores[90_000..90_007], scores[90_007..]];
        var bytes = 0;

        var sent = parts.Select(part => Sent(Of([part], isPart: true))).ToList();

        AssertSorted(scores, ScoreDistribution.Merge(sent), sent);
        Assert.InRange(bytes, 1, scores.Length * sizeof(double) / 3);

        ScoreDistribution Sent(ScoreDistribution part)
        {
            var target = new ArrayBufferWriter<byte>();
            var writer = new RecordWriter(target);
            part.Write(ref writer);
            bytes += target.WrittenCount;
            var reader = new RecordReader(target.WrittenSpan);
            return ScoreDistribution.Read(ref reader);
        }
    }

    [Fact]
    public void Parts_that_are_unlike_each_other_tell_no_percentiles_rather_than_wrong_ones()
    {
        double[] scores = [.. Enumerable.Range(0, 100_000).Select(i => i / 1_000.0)];
        var parts = new[] { scores[..50_000], scores[50_000..] }.Select(part => Of([part], isPart: true)).ToList();

        Assert.Null(
            PercentileRanks.Select([50], [.. parts.Select(part => part with { Windows = part.Windows[5..6] })])
        );
        AssertSorted(scores, ScoreDistribution.Merge(parts), parts: null);
    }

    private static ScoreDistribution Of(double[][] parts, bool isPart) =>
        ScoreDistribution.Of(
            [.. parts.Select(Samples.Listed)],
            Samples.Model(),
            HistogramSpec.Default,
            Percentiles,
            isPart
        );

    private static void AssertSorted(double[] scores, ScoreDistribution found, IReadOnlyList<ScoreDistribution>? parts)
    {
        var model = Samples.Model();
        double[] sorted = [.. scores.Order()];
        var bands = new long[model.Bands.Count];
        var buckets = new long[HistogramSpec.Default.Buckets + 2];
        foreach (var score in scores)
        {
            bands[model.BandOf(score)]++;
            buckets[
                Enumerable.Range(1, buckets.Length - 1).Count(bucket => HistogramSpec.Default.LowerEnd(bucket) <= score)
            ]++;
        }
        Assert.Equal(bands, found.Bands);
        Assert.Equal(buckets, found.Histogram);
        Assert.Equal((sorted[0], sorted[^1]), (found.Moments.Min, found.Moments.Max));
        var mean = scores.Average();
        var scale = scores.Max(Math.Abs);
        Assert.Equal(mean, found.Moments.Mean, tolerance: 1e-11 * scale);
        var deviation = Math.Sqrt(scores.Average(s => (s - mean) * (s - mean)));
        Assert.Equal(deviation, found.Moments.Deviation, tolerance: 1e-9 * scale);
        foreach (var (percentile, score) in parts is null ? [] : PercentileRanks.Select(Percentiles, parts)!)
        {
            var rank = percentile / 100 * (sorted.Length - 1);
            var (low, high) = (sorted[(int)Math.Floor(rank)], sorted[(int)Math.Ceiling(rank)]);
            Assert.Equal(low + ((rank - Math.Floor(rank)) * (high - low)), score);
        }
    }

    private static double Score(string shape, int i, Random random) =>
        shape switch
        {
            "even" => (random.NextDouble() * 300) - 100,
            "normal" => 50
                + (20 * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(random.NextDouble() * 6.28)),
            "steep" => Math.Exp(random.NextDouble() * 20) - 10,
            "outliers" => i % 1_000 == 0 ? 1e12 * (random.NextDouble() - 0.5) : random.NextDouble() * 100,
            "equal" => 0,
            "nearly equal" => i % 5_000 == 0 ? random.NextDouble() : 40,
            "on the ends" => random.Next(-6, 17) * 10,
            "next to the ends" => random.Next(-6, 17)
                * 10
                * (1 + Math.ScaleB(random.Next(-2, 3), -random.Next(20, 53))),
            "two" => i % 2 == 0 ? -1 : 70,
            "tiny" => random.NextDouble() * 1e-300,
            "huge" => (random.NextDouble() - 0.5) * 1e300,
            _ => throw new ArgumentOutOfRangeException(nameof(shape)),
        };
}
