using Scoring.Core.Models;
using Scoring.Core.Serialization;

namespace Scoring.Core.Segments;

/// <summary>All figures of many scores at once, without sorting them: exact.</summary>
/// <remarks>
/// Scores are counted in cells (<see cref="ScoreCells"/>); then only those of the few cells that hold the rank of a percentile or the end of a
/// band or bucket are picked out and looked at. All processors share that.
/// </remarks>
/// <param name="Moments">Their mean, spread and range.</param>
/// <param name="Bands">Scores in each band of the model.</param>
/// <param name="Histogram">Scores in each bucket of the histogram, the open ones included.</param>
/// <param name="Windows">For each percentile the scores that it lies among.</param>
internal sealed record ScoreDistribution(Moments Moments, long[] Bands, long[] Histogram, RankWindow[] Windows)
{
    /// <summary>The figures of some scores.</summary>
    /// <param name="parts">The scores, in parts, each of at least one.</param>
    /// <param name="model">Whose bands are counted.</param>
    /// <param name="histogram">Whose buckets are counted.</param>
    /// <param name="percentiles">The percentiles to find.</param>
    /// <param name="isPart">Whether there are others elsewhere, among which the percentiles are to be found.</param>
    public static ScoreDistribution Of(
        IReadOnlyList<ScoreList> parts,
        ScoringModel model,
        HistogramSpec histogram,
        IReadOnlyList<double> percentiles,
        bool isPart
    )
    {
        var moments = Moments.Merge([.. parts.Select(part => part.Moments)]);
        var reach = isPart ? PercentileRanks.ReachOf(moments.Count) : 0;
        var ranges = percentiles.Select(p => PercentileRanks.Around(p, moments.Count, reach)).ToList();
        double[] bandEnds = [.. model.Bands.Select(band => band.NextFrom).OfType<double>()];
        double[] bucketEnds = [.. Enumerable.Range(1, histogram.Buckets + 1).Select(histogram.LowerEnd)];
        var cells = new CellScores(parts);
        ranges.ForEach(range => cells.Want(range.First, range.Last));
        foreach (var end in bandEnds.Concat(bucketEnds))
        {
            cells.Want(cells.CellOf(end));
        }
        cells.Pick();
        return new(
            moments,
            CountBetween(bandEnds, cells),
            CountBetween(bucketEnds, cells),
            [.. ranges.Select(range => cells.Window(range.First, range.Last))]
        );
    }

    /// <summary>The figures of the scores of all parts, but for percentiles.</summary>
    public static ScoreDistribution Merge(IReadOnlyList<ScoreDistribution> parts)
    {
        if (parts is [var only])
        {
            return only;
        }
        var (bands, histogram) = (new long[parts[0].Bands.Length], new long[parts[0].Histogram.Length]);
        foreach (var part in parts)
        {
            Add(part.Bands, bands);
            Add(part.Histogram, histogram);
        }
        return new(Moments.Merge([.. parts.Select(part => part.Moments)]), bands, histogram, []);
    }

    public void Write(ref RecordWriter writer)
    {
        writer.Int64(Moments.Count);
        writer.Double(Moments.Mean);
        writer.Double(Moments.Deviation);
        writer.Double(Moments.Min);
        writer.Double(Moments.Max);
        Write(Bands, ref writer);
        Write(Histogram, ref writer);
        writer.Count(Windows.Length);
        foreach (var window in Windows)
        {
            window.Write(ref writer);
        }
    }

    public static ScoreDistribution Read(ref RecordReader reader)
    {
        var moments = new Moments(reader.Int64(), reader.Double(), reader.Double(), reader.Double(), reader.Double());
        var (bands, histogram) = (ReadCounts(ref reader), ReadCounts(ref reader));
        var windows = new RankWindow[reader.Count()];
        foreach (ref var window in windows.AsSpan())
        {
            window = RankWindow.Read(ref reader);
        }
        return new(moments, bands, histogram, windows);
    }

    private static void Write(long[] counts, ref RecordWriter writer)
    {
        writer.Count(counts.Length);
        writer.Values(counts);
    }

    private static long[] ReadCounts(ref RecordReader reader)
    {
        var counts = new long[reader.Count()];
        reader.Values(counts);
        return counts;
    }

    /// <summary>How many scores lie below the first of some rising ends, from there to before the next, and from the last on.</summary>
    private static long[] CountBetween(double[] ends, CellScores cells)
    {
        var cellsOfEnds = Array.ConvertAll(ends, cells.CellOf);
        var counts = new long[ends.Length + 1];
        var passed = 0;
        for (var cell = 0; cell < ScoreCells.Count; cell++)
        {
            for (; passed < ends.Length && cellsOfEnds[passed] < cell; passed++) { }
            if (passed == ends.Length || cellsOfEnds[passed] > cell)
            {
                counts[passed] += cells.CountOf(cell);
                continue;
            }
            foreach (var score in cells[cell])
            {
                var place = passed;
                for (; place < ends.Length && ends[place] <= score; place++) { }
                counts[place]++;
            }
        }
        return counts;
    }

    private static void Add(long[] counts, long[] sums)
    {
        for (var i = 0; i < sums.Length; i++)
        {
            sums[i] += counts[i];
        }
    }
}
