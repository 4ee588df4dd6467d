using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Scoring.Core.Segments;

/// <summary>What the scores of one part of a segment add to its figures, but for those of which single scores must be looked at.</summary>
internal sealed class ScoreCounts(ScoreCells by)
{
    private readonly int[] _cells = new int[ScoreCells.Count];

    public ScoreCells By { get; } = by;

    public double Sum { get; private set; }

    public double Min { get; private set; } = double.PositiveInfinity;

    public double Max { get; private set; } = double.NegativeInfinity;

    /// <summary>Sum of the squared distances from <see cref="ScoreCells.Middle"/>.</summary>
    public double Squares { get; private set; }

    /// <summary>Scores by cell.</summary>
    public ReadOnlySpan<int> Cells => _cells;

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
        foreach (ref readonly var vector in vectors)
        {
            var cells = By.CellsOf(vector);
            Unsafe.Add(ref counts, (nint)cells[0])++;
            Unsafe.Add(ref counts, (nint)cells[1])++;
            Unsafe.Add(ref counts, (nint)cells[2])++;
            Unsafe.Add(ref counts, (nint)cells[3])++;
        }
        foreach (var score in rest)
        {
            _cells[By.CellOf(score)]++;
        }
    }
}
