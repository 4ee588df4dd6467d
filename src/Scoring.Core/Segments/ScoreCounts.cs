using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Scoring.Core.Segments;

/// <summary>What the scores of one part of a segment add to its figures, percentiles aside.</summary>
internal sealed class ScoreCounts(ScoreCells by)
{
    private readonly int[] _cells = new int[ScoreCells.Count];

    // Many customers may have the same score, 0 above all.
    private (double Score, int Band, int Bucket) _last = (double.NaN, 0, 0);

    public ScoreCells By { get; } = by;

    public double Sum { get; private set; }

    public double Min { get; private set; } = double.PositiveInfinity;

    public double Max { get; private set; } = double.NegativeInfinity;

    /// <summary>Sum of the squared distances from <see cref="ScoreCells.Middle"/>.</summary>
    public double Squares { get; private set; }

    /// <summary>Scores by cell.</summary>
    public ReadOnlySpan<int> Cells => _cells;

    /// <summary>Scores by band, those of mixed cells only.</summary>
    public long[] Bands { get; } = new long[by.Model.Bands.Count];

    /// <summary>Scores by bucket, those of mixed cells only.</summary>
    public long[] Buckets { get; } = new long[by.Histogram.Buckets + 2];

    /// <summary>Adds scores; fast while they are near the processor.</summary>
    public void Add(ReadOnlySpan<double> scores)
    {
        var vectors = MemoryMarshal.Cast<double, Vector256<double>>(scores);
        var rest = scores[(vectors.Length * Vector256<double>.Count)..];
        AddMoments(vectors, rest);
        AddToCells(vectors, rest);
    }

    private void AddMoments(ReadOnlySpan<Vector256<double>> vectors, ReadOnlySpan<double> rest)
    {
        var middle = Vector256.Create(By.Middle);
        var (sums, squares) = (Vector256<double>.Zero, Vector256<double>.Zero);
        var (least, greatest) = (Vector256.Create(Min), Vector256.Create(Max));
        foreach (var vector in vectors)
        {
            var distance = vector - middle;
            sums += vector;
            squares += distance * distance;
            least = Vector256.MinNative(least, vector);
            greatest = Vector256.MaxNative(greatest, vector);
        }
        Sum += Vector256.Sum(sums);
        Squares += Vector256.Sum(squares);
        for (var i = 0; i < Vector256<double>.Count; i++)
        {
            Min = Math.Min(Min, least[i]);
            Max = Math.Max(Max, greatest[i]);
        }
        foreach (var score in rest)
        {
            Sum += score;
            Squares += (score - By.Middle) * (score - By.Middle);
            Min = Math.Min(Min, score);
            Max = Math.Max(Max, score);
        }
    }

    private void AddToCells(ReadOnlySpan<Vector256<double>> vectors, ReadOnlySpan<double> rest)
    {
        // A cell is always one of those that there are.
        ref var counts = ref MemoryMarshal.GetArrayDataReference(_cells);
        ref var mixed = ref MemoryMarshal.GetReference(By.Mixed);
        foreach (ref readonly var vector in vectors)
        {
            var cells = By.CellsOf(vector);
            var (a, b, c, d) = ((nint)cells[0], (nint)cells[1], (nint)cells[2], (nint)cells[3]);
            Unsafe.Add(ref counts, a)++;
            Unsafe.Add(ref counts, b)++;
            Unsafe.Add(ref counts, c)++;
            Unsafe.Add(ref counts, d)++;
            if (
                Unsafe.Add(ref mixed, a)
                | Unsafe.Add(ref mixed, b)
                | Unsafe.Add(ref mixed, c)
                | Unsafe.Add(ref mixed, d)
            )
            {
                AddMixed(in vector);
            }
        }
        foreach (var score in rest)
        {
            var cell = By.CellOf(score);
            _cells[cell]++;
            AddIfMixed(cell, score);
        }
    }

    private void AddMixed(in Vector256<double> scores)
    {
        for (var i = 0; i < Vector256<double>.Count; i++)
        {
            AddIfMixed(By.CellOf(scores[i]), scores[i]);
        }
    }

    private void AddIfMixed(int cell, double score)
    {
        if (!By.Mixed[cell])
        {
            return;
        }
        if (score != _last.Score)
        {
            _last = (score, By.Model.BandOf(score), By.Histogram.BucketOf(score));
        }
        Bands[_last.Band]++;
        Buckets[_last.Bucket]++;
    }
}
