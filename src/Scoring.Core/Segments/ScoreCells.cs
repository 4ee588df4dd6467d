using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Scoring.Core.Models;

namespace Scoring.Core.Segments;

/// <summary>Divides the scores of one question into cells, and knows which of them lie in one band and one bucket.</summary>
/// <remarks>
/// <para>
/// A cell is a monotone function of the score, as band and bucket are. So where no end of a band or bucket falls into a cell, all its
/// scores have the same band and bucket, and which one follows from the cells of the ends alone.
/// </para>
/// <para>
/// Where the cells lie is a matter of speed only: between the outer scores of a sample, so that outliers do no harm. They are as wide as a
/// power of two and begin at its multiples, so that most ends of bands and buckets lie between two cells rather than in one.
/// </para>
/// </remarks>
internal sealed class ScoreCells
{
    /// <summary>Number of cells.</summary>
    public const int Count = 8_192;

    /// <summary>Scores that a sample need not have more of.</summary>
    public const int Sample = 512;

    private readonly double _first;
    private readonly double _cellsPerPoint;
    private readonly int[] _bandEnds;
    private readonly int[] _bucketEnds;
    private readonly bool[] _mixed = new bool[Count];

    /// <param name="sample">Some scores, at least one; sorted here.</param>
    /// <param name="model">Whose bands are counted.</param>
    /// <param name="histogram">Whose buckets are counted.</param>
    public ScoreCells(Span<double> sample, ScoringModel model, HistogramSpec histogram)
    {
        (Model, Histogram) = (model, histogram);
        sample.Sort();
        Middle = sample[sample.Length / 2];
        var outer = sample.Length / 256;
        var width = sample[^(1 + outer)] - sample[outer];
        _cellsPerPoint = width > 0 && double.IsFinite(Count / width) ? PowerOfTwoUpTo((Count - 1) / width) : 0;
        _first = Math.Floor(sample[outer] * _cellsPerPoint);
        double[] bands = [.. model.Bands.Select(band => band.NextFrom).OfType<double>()];
        double[] buckets = [.. Enumerable.Range(1, histogram.Buckets + 1).Select(histogram.LowerEnd)];
        _bandEnds = Array.ConvertAll(bands, CellOf);
        _bucketEnds = Array.ConvertAll(buckets, CellOf);
        foreach (var end in bands.Concat(buckets))
        {
            _mixed[CellOf(end)] |= !BeginsCell(end);
        }
    }

    public ScoringModel Model { get; }

    public HistogramSpec Histogram { get; }

    /// <summary>A score of the sample that lies in its middle: squares of distances from it lose nothing to rounding.</summary>
    public double Middle { get; }

    /// <summary>By cell: whether its scores may have different bands or buckets.</summary>
    public ReadOnlySpan<bool> Mixed => _mixed;

    /// <summary>The cell of a score: never lower for a higher score.</summary>
    public int CellOf(double score) => (int)CellsOf(Vector256.Create(score))[0];

    /// <summary>The cells of four scores: whole numbers, whose low bits show when one is added whose last bit stands for 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<ulong> CellsOf(Vector256<double> scores)
    {
        const double lastBitIsOne = 1L << 52;
        var cells = Vector256.Floor(scores * _cellsPerPoint) - Vector256.Create(_first);
        cells = Vector256.MinNative(Vector256.MaxNative(cells, Vector256<double>.Zero), Vector256.Create(Count - 1.0));
        return (cells + Vector256.Create(lastBitIsOne)).AsUInt64() & Vector256.Create((ulong)(Count - 1));
    }

    /// <summary>Adds the scores of those cells that have one band and one bucket.</summary>
    public void AddUnmixed(ReadOnlySpan<long> cells, Span<long> bands, Span<long> buckets)
    {
        var (band, bucket) = (0, 0);
        for (var cell = 0; cell < Count; cell++)
        {
            // In a cell that is not mixed, an end lies at its beginning.
            for (; band < _bandEnds.Length && _bandEnds[band] <= cell; band++) { }
            for (; bucket < _bucketEnds.Length && _bucketEnds[bucket] <= cell; bucket++) { }
            if (!_mixed[cell])
            {
                bands[band] += cells[cell];
                buckets[bucket] += cells[cell];
            }
        }
    }

    /// <summary>Whether all scores of the same cell lie at this one or above, and all of the cells before below it.</summary>
    private bool BeginsCell(double score)
    {
        var cell = CellOf(score);
        return cell > 0 && CellOf(Math.BitDecrement(score)) < cell;
    }

    private static double PowerOfTwoUpTo(double number) => Math.ScaleB(1, Math.ILogB(number));
}
