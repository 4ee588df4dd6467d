using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Scoring.Core.Models;
using Scoring.Core.Serialization;

namespace Scoring.Core.Segments;

/// <summary>All figures of many scores at once, without sorting them: exact.</summary>
/// <remarks>
/// Scores are counted in cells (<see cref="ScoreCells"/>) while they are made; then only those of the few cells that hold the rank of a
/// percentile or the end of a band or bucket are picked out and looked at. All processors share that.
/// </remarks>
/// <param name="Count">How many there are, at least one.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="Deviation">The root of the mean squared distance from the mean.</param>
/// <param name="Min">The lowest.</param>
/// <param name="Max">The highest.</param>
/// <param name="Bands">Scores in each band of the model.</param>
/// <param name="Histogram">Scores in each bucket of the histogram, the open ones included.</param>
/// <param name="Windows">For each percentile the scores that it lies among.</param>
internal sealed record ScoreDistribution(
    long Count,
    double Mean,
    double Deviation,
    double Min,
    double Max,
    long[] Bands,
    long[] Histogram,
    RankWindow[] Windows
)
{
    private const int PieceScores = 1 << 16;

    /// <summary>The figures of scores that were counted.</summary>
    /// <param name="parts">The scores, in parts; there is at least one score.</param>
    /// <param name="counts">Their counts, by the same cells.</param>
    /// <param name="percentiles">The percentiles to find.</param>
    /// <param name="isPart">Whether there are others elsewhere, among which the percentiles are to be found.</param>
    public static ScoreDistribution Of(
        IReadOnlyList<ReadOnlyMemory<double>> parts,
        IReadOnlyList<ScoreCounts> counts,
        IReadOnlyList<double> percentiles,
        bool isPart
    )
    {
        var by = counts[0].By;
        var count = parts.Sum(p => (long)p.Length);
        var mean = SumOf(counts.Select(c => c.Sum)) / count;
        // The squared distances from the mean, from those from another point (Huygens and Steiner).
        var squares = SumOf(counts.Select(c => c.Squares));
        var aside = mean - by.Middle;
        var cells = new long[ScoreCells.Count];
        foreach (var part in counts)
        {
            for (var cell = 0; cell < cells.Length; cell++)
            {
                cells[cell] += part.Cells[cell];
            }
        }
        var reach = isPart ? PercentileRanks.ReachOf(count) : 0;
        var ranges = percentiles.Select(percentile => PercentileRanks.Around(percentile, count, reach)).ToList();
        var ranks = new RankedCells(cells, ranges);
        var (bands, histogram) = (new long[by.Model.Bands.Count], new long[by.Histogram.Buckets + 2]);
        by.AddUnmixed(cells, bands, histogram);
        LookAtSome(parts, by, cells, ranks, bands, histogram);
        return new(
            count,
            mean,
            double.IsFinite(squares) ? Math.Sqrt(Math.Max(0, (squares / count) - (aside * aside))) : squares,
            counts.Min(c => c.Min),
            counts.Max(c => c.Max),
            bands,
            histogram,
            [.. ranges.Select(range => ranks.Window(range.First, range.Last))]
        );
    }

    /// <summary>The figures of the scores of all parts, but for percentiles.</summary>
    public static ScoreDistribution Merge(IReadOnlyList<ScoreDistribution> parts)
    {
        if (parts is [var only])
        {
            return only;
        }
        var count = parts.Sum(p => p.Count);
        var mean = SumOf(parts.Select(p => p.Mean * p.Count)) / count;
        // Chan, Golub and LeVeque, Updating Formulae and a Pairwise Algorithm for Computing Sample Variances (1979).
        var squares = SumOf(
            parts.Select(p => p.Count * ((p.Deviation * p.Deviation) + ((p.Mean - mean) * (p.Mean - mean))))
        );
        var (bands, histogram) = (new long[parts[0].Bands.Length], new long[parts[0].Histogram.Length]);
        foreach (var part in parts)
        {
            Add(part.Bands, bands);
            Add(part.Histogram, histogram);
        }
        var deviation = Math.Sqrt(squares / count);
        return new(count, mean, deviation, parts.Min(p => p.Min), parts.Max(p => p.Max), bands, histogram, []);
    }

    /// <summary>The counts of scores that have not been counted yet, at least one.</summary>
    public static ScoreCounts CountsOf(
        IReadOnlyList<ReadOnlyMemory<double>> parts,
        ScoringModel model,
        HistogramSpec histogram
    )
    {
        var counts = new ScoreCounts(new ScoreCells(SampleOf(parts), model, histogram));
        foreach (var part in parts)
        {
            counts.Add(part.Span);
        }
        return counts;
    }

    public void Write(ref RecordWriter writer)
    {
        writer.Int64(Count);
        writer.Double(Mean);
        writer.Double(Deviation);
        writer.Double(Min);
        writer.Double(Max);
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
        var (count, mean, deviation) = (reader.Int64(), reader.Double(), reader.Double());
        var (min, max) = (reader.Double(), reader.Double());
        var (bands, histogram) = (ReadCounts(ref reader), ReadCounts(ref reader));
        var windows = new RankWindow[reader.Count()];
        foreach (ref var window in windows.AsSpan())
        {
            window = RankWindow.Read(ref reader);
        }
        return new(count, mean, deviation, min, max, bands, histogram, windows);
    }

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
        foreach (ref var count in counts.AsSpan())
        {
            count = reader.Int64();
        }
        return counts;
    }

    /// <summary>A sum that does not depend on the order in which the parts came, which is that of the servers they lie on.</summary>
    private static double SumOf(IEnumerable<double> parts) => parts.Order().Sum();

    private static double[] SampleOf(IReadOnlyList<ReadOnlyMemory<double>> parts)
    {
        var count = parts.Sum(p => (long)p.Length);
        var sample = new double[Math.Min(ScoreCells.Sample, count)];
        var step = count / sample.Length;
        var (part, before) = (0, 0L);
        for (var i = 0; i < sample.Length; i++)
        {
            for (; (i * step) - before >= parts[part].Length; part++)
            {
                before += parts[part].Length;
            }
            sample[i] = parts[part].Span[(int)((i * step) - before)];
        }
        return sample;
    }

    private static IEnumerable<ReadOnlyMemory<double>> Divide(ReadOnlyMemory<double> scores)
    {
        for (var start = 0; start < scores.Length; start += PieceScores)
        {
            yield return scores.Slice(start, Math.Min(PieceScores, scores.Length - start));
        }
    }

    /// <summary>Looks at the scores of those cells one by one whose counts do not tell all.</summary>
    private static void LookAtSome(
        IReadOnlyList<ReadOnlyMemory<double>> parts,
        ScoreCells by,
        long[] counts,
        RankedCells ranks,
        long[] bands,
        long[] histogram
    )
    {
        var wanted = new bool[ScoreCells.Count];
        for (var cell = 0; cell < wanted.Length; cell++)
        {
            wanted[cell] = counts[cell] > 0 && (ranks.Wants(cell) || by.Mixed[cell]);
        }
        if (wanted.Contains(true))
        {
            Parallel.ForEach([.. parts.SelectMany(Divide)], Look);
        }

        void Look(ReadOnlyMemory<double> piece)
        {
            var picked = Pick(piece.Span, by, wanted);
            var (ofBands, ofBuckets) = (new long[bands.Length], new long[histogram.Length]);
            AddMixed(picked, by, ofBands, ofBuckets);
            lock (ranks)
            {
                Add(ofBands, bands);
                Add(ofBuckets, histogram);
                foreach (var score in picked)
                {
                    if (by.CellOf(score) is var cell && ranks.Wants(cell))
                    {
                        ranks.Take(cell, score);
                    }
                }
            }
            ArrayPool<double>.Shared.Return(picked.Array!);
        }
    }

    /// <summary>Adds the bands and buckets of those scores that lie in mixed cells.</summary>
    private static void AddMixed(ReadOnlySpan<double> scores, ScoreCells by, long[] bands, long[] histogram)
    {
        // Many customers may have the same score, 0 above all.
        var (last, band, bucket) = (double.NaN, 0, 0);
        foreach (var score in scores)
        {
            if (!by.Mixed[by.CellOf(score)])
            {
                continue;
            }
            if (score != last)
            {
                (last, band, bucket) = (score, by.Model.BandOf(score), by.Histogram.BucketOf(score));
            }
            bands[band]++;
            histogram[bucket]++;
        }
    }

    /// <summary>Copies the scores of the cells wanted, to a rented array.</summary>
    private static ArraySegment<double> Pick(ReadOnlySpan<double> scores, ScoreCells cells, ReadOnlySpan<bool> wanted)
    {
        var picked = ArrayPool<double>.Shared.Rent(scores.Length + Lanes.Count);
        var count = 0;
        // A cell is always one of those that there are; a bool is 0 or 1.
        ref var bits = ref Unsafe.As<bool, byte>(ref MemoryMarshal.GetReference(wanted));
        var vectors = MemoryMarshal.Cast<double, Vector256<double>>(scores);
        foreach (var vector in vectors)
        {
            var four = cells.CellsOf(vector);
            var (a, b, c, d) = (
                Unsafe.Add(ref bits, (nint)four[0]),
                Unsafe.Add(ref bits, (nint)four[1]),
                Unsafe.Add(ref bits, (nint)four[2]),
                Unsafe.Add(ref bits, (nint)four[3])
            );
            if ((a | b | c | d) != 0)
            {
                count += Lanes.Pick(vector, a | (b << 1) | (c << 2) | (d << 3), picked.AsSpan(count));
            }
        }
        foreach (var score in scores[(vectors.Length * Lanes.Count)..])
        {
            if (wanted[cells.CellOf(score)])
            {
                picked[count++] = score;
            }
        }
        return new ArraySegment<double>(picked, 0, count);
    }

    private static void Add(long[] counts, long[] sums)
    {
        for (var i = 0; i < sums.Length; i++)
        {
            sums[i] += counts[i];
        }
    }
}
