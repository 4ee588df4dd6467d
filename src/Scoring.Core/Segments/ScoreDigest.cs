using Scoring.Core.Serialization;

namespace Scoring.Core.Segments;

/// <summary>What many scores amount to, without the scores: exact, but that it only says of percentiles where they may lie.</summary>
/// <param name="Count">How many there are, at least one.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="Squares">Sum of their squared distances from <paramref name="Mean"/>.</param>
/// <param name="Min">The lowest.</param>
/// <param name="Max">The highest.</param>
/// <param name="Bands">Scores in each band of the model.</param>
/// <param name="Histogram">Scores in each bucket, the open ones included.</param>
/// <param name="Ladder">Where the ranks lie.</param>
internal sealed record ScoreDigest(
    int Count,
    double Mean,
    double Squares,
    double Min,
    double Max,
    long[] Bands,
    long[] Histogram,
    ScoreLadder Ladder
)
{
    public static ScoreDigest Of(ReadOnlyMemory<double> scores, ScoreCounts counts)
    {
        var all = new ScoreDistribution([scores], [counts], percentiles: []);
        var squares = all.Deviation * all.Deviation * scores.Length;
        var ladder = ScoreLadder.Of(scores.Span, counts);
        return new(scores.Length, all.Mean, squares, all.Min, all.Max, all.Bands, all.Histogram, ladder);
    }

    public void Write(ref RecordWriter writer)
    {
        writer.Int32(Count);
        writer.Double(Mean);
        writer.Double(Squares);
        writer.Double(Min);
        writer.Double(Max);
        Write(Bands, ref writer);
        Write(Histogram, ref writer);
        Ladder.Write(ref writer);
    }

    public static ScoreDigest Read(ref RecordReader reader) =>
        new(
            reader.Int32(),
            reader.Double(),
            reader.Double(),
            reader.Double(),
            reader.Double(),
            ReadCounts(ref reader),
            ReadCounts(ref reader),
            ScoreLadder.Read(ref reader)
        );

    private static void Write(long[] counts, ref RecordWriter writer)
    {
        writer.Count(counts.Length);
        foreach (var count in counts)
        {
            writer.Int64(count);
        }
    }

    private static long[] ReadCounts(ref RecordReader reader)
    {
        var counts = new long[reader.Count()];
        for (var i = 0; i < counts.Length; i++)
        {
            counts[i] = reader.Int64();
        }
        return counts;
    }
}
