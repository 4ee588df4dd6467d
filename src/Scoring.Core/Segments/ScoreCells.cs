using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Scoring.Core.Segments;

/// <summary>Divides the scores of one question into cells, so that they can be counted without being sorted.</summary>
/// <remarks>
/// A cell is a monotone function of the score. Where the cells lie is a matter of speed only: between the outer scores of a sample, so that
/// outliers do no harm. They are as wide as a power of two and begin at its multiples.
/// </remarks>
internal sealed class ScoreCells
{
    /// <summary>Number of cells.</summary>
    public const int Count = 8_192;

    /// <summary>Scores that a sample need not have more of.</summary>
    public const int Sample = 512;

    private readonly double _first;
    private readonly double _cellsPerPoint;

    /// <param name="sample">Some scores, at least one; sorted here.</param>
    public ScoreCells(Span<double> sample)
    {
        sample.Sort();
        var outer = sample.Length / 256;
        var width = sample[^(1 + outer)] - sample[outer];
        _cellsPerPoint = width > 0 && double.IsFinite(Count / width) ? PowerOfTwoUpTo((Count - 1) / width) : 0;
        _first = Math.Floor(sample[outer] * _cellsPerPoint);
    }

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

    private static double PowerOfTwoUpTo(double number) => Math.ScaleB(1, Math.ILogB(number));
}
