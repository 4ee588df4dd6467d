using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Scoring.Core.Models;

namespace Scoring.Core.Segments;

/// <summary>All figures of many scores at once, without sorting them: exact.</summary>
/// <remarks>
/// Scores are counted in cells (<see cref="ScoreCells"/>) while they are made; then only those of the few cells that hold the rank of a
/// percentile or the end of a band or bucket are picked out and looked at. All processors share that.
/// </remarks>
internal sealed class ScoreDistribution
{
    private const int PieceScores = 1 << 16;

    /// <param name="parts">The scores, in parts; there is at least one score.</param>
    /// <param name="counts">The parts' counts, by the same cells.</param>
    /// <param name="percentiles">The percentiles to find.</param>
    public ScoreDistribution(
        IReadOnlyList<ReadOnlyMemory<double>> parts,
        IReadOnlyList<ScoreCounts> counts,
        IReadOnlyList<double> percentiles
    )
    {
        var by = counts[0].By;
        Count = parts.Sum(p => (long)p.Length);
        Mean = SumOf(counts.Select(c => c.Sum)) / Count;
        Min = counts.Min(c => c.Min);
        Max = counts.Max(c => c.Max);
        // The squared distances from the mean, from those from another point (Huygens and Steiner).
        var squares = SumOf(counts.Select(c => c.Squares));
        var aside = Mean - by.Middle;
        Deviation = double.IsFinite(squares) ? Math.Sqrt(Math.Max(0, (squares / Count) - (aside * aside))) : squares;
        var cells = new long[ScoreCells.Count];
        Bands = new long[by.Model.Bands.Count];
        Histogram = new long[by.Histogram.Buckets + 2];
        foreach (var part in counts)
        {
            for (var cell = 0; cell < cells.Length; cell++)
            {
                cells[cell] += part.Cells[cell];
            }
        }
        by.AddUnmixed(cells, Bands, Histogram);
        var ranks = new RankedCells(percentiles, cells, Count);
        LookAtSome(parts, by, cells, ranks);
        Percentiles = ranks.Select();
    }

    private ScoreDistribution(IReadOnlyList<ScoreDigest> parts, IReadOnlyList<Percentile> percentiles)
    {
        Count = parts.Sum(p => (long)p.Count);
        Mean = SumOf(parts.Select(p => p.Mean * p.Count)) / Count;
        // Chan, Golub and LeVeque, Updating Formulae and a Pairwise Algorithm for Computing Sample Variances (1979).
        var squares = SumOf(parts.Select(p => p.Squares + (p.Count * (p.Mean - Mean) * (p.Mean - Mean))));
        Deviation = Math.Sqrt(squares / Count);
        Min = parts.Min(p => p.Min);
        Max = parts.Max(p => p.Max);
        Bands = new long[parts[0].Bands.Length];
        Histogram = new long[parts[0].Histogram.Length];
        foreach (var part in parts)
        {
            Add(part.Bands, Bands);
            Add(part.Histogram, Histogram);
        }
        Percentiles = percentiles;
    }

    public long Count { get; }

    public double Mean { get; }

    /// <summary>The root of the mean squared distance from the mean.</summary>
    public double Deviation { get; }

    public double Min { get; }

    public double Max { get; }

    /// <summary>Scores in each band of the model.</summary>
    public long[] Bands { get; }

    /// <summary>Scores in each bucket of the histogram, the open ones included.</summary>
    public long[] Histogram { get; }

    public IReadOnlyList<Percentile> Percentiles { get; }

    /// <summary>The figures of scores that have not been counted yet, at least one.</summary>
    public static ScoreDistribution Of(
        IReadOnlyList<ReadOnlyMemory<double>> parts,
        ScoringModel model,
        HistogramSpec histogram,
        IReadOnlyList<double> percentiles
    )
    {
        var cells = new ScoreCells(SampleOf(parts), model, histogram);
        var counts = new ConcurrentBag<ScoreCounts>();
        ForAll(
            [.. parts.SelectMany(Divide)],
            piece =>
            {
                var count = new ScoreCounts(cells);
                count.Add(piece.Span);
                counts.Add(count);
            }
        );
        return new ScoreDistribution(parts, [.. counts], percentiles);
    }

    /// <summary>The figures of scores that lie elsewhere.</summary>
    /// <param name="parts">What the scores of each part amount to; at least one part.</param>
    /// <param name="percentiles">Their percentiles.</param>
    public static ScoreDistribution Of(IReadOnlyList<ScoreDigest> parts, IReadOnlyList<Percentile> percentiles) =>
        new(parts, percentiles);

    /// <summary>The counts of scores that have not been counted yet, at least one.</summary>
    public static ScoreCounts CountsOf(ReadOnlyMemory<double> scores, ScoringModel model, HistogramSpec histogram)
    {
        var counts = new ScoreCounts(new ScoreCells(SampleOf([scores]), model, histogram));
        counts.Add(scores.Span);
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

    private static void ForAll(IReadOnlyList<ReadOnlyMemory<double>> pieces, Action<ReadOnlyMemory<double>> action)
    {
        if (pieces.Count == 1)
        {
            action(pieces[0]);
        }
        else
        {
            Parallel.ForEach(pieces, action);
        }
    }

    /// <summary>Looks at the scores of those cells one by one whose counts do not tell all.</summary>
    private void LookAtSome(
        IReadOnlyList<ReadOnlyMemory<double>> parts,
        ScoreCells by,
        long[] counts,
        RankedCells ranks
    )
    {
        var wanted = new bool[ScoreCells.Count];
        for (var cell = 0; cell < wanted.Length; cell++)
        {
            wanted[cell] = ranks.Wanted[cell] || (by.Mixed[cell] && counts[cell] > 0);
        }
        if (!wanted.Contains(true))
        {
            return;
        }
        var pieces = new ConcurrentBag<PickedScores>();
        ForAll([.. parts.SelectMany(Divide)], piece => pieces.Add(new PickedScores(Pick(piece.Span, by, wanted), by)));
        foreach (var picked in pieces)
        {
            Add(picked.Bands, Bands);
            Add(picked.Buckets, Histogram);
            foreach (var score in picked.Scores)
            {
                if (by.CellOf(score) is var cell && ranks.Wanted[cell])
                {
                    ranks.Take(cell, score);
                }
            }
            ArrayPool<double>.Shared.Return(picked.Rented);
        }
    }

    /// <summary>Copies the scores of the cells wanted, to a rented array.</summary>
    internal static ArraySegment<double> Pick(ReadOnlySpan<double> scores, ScoreCells cells, ReadOnlySpan<bool> wanted)
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
