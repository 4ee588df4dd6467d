namespace Scoring.Core.Segments;

/// <summary>The scores of the cells that hold the ranks of some percentiles.</summary>
internal sealed class RankedCells
{
    private readonly IReadOnlyList<double> _percentiles;
    private readonly long _count;
    private readonly long[] _before = new long[ScoreCells.Count + 1];
    private readonly double[]?[] _scores = new double[]?[ScoreCells.Count];
    private readonly int[] _taken = new int[ScoreCells.Count];
    private readonly bool[] _wanted = new bool[ScoreCells.Count];

    /// <param name="percentiles">The percentiles.</param>
    /// <param name="cells">How many scores each cell has.</param>
    /// <param name="count">How many there are.</param>
    public RankedCells(IReadOnlyList<double> percentiles, ReadOnlySpan<long> cells, long count)
    {
        (_percentiles, _count) = (percentiles, count);
        for (var cell = 0; cell < ScoreCells.Count; cell++)
        {
            _before[cell + 1] = _before[cell] + cells[cell];
        }
        foreach (var rank in PercentileRanks.Needed(percentiles, count))
        {
            var cell = CellOfRank(rank);
            _wanted[cell] = true;
            _scores[cell] ??= new double[cells[cell]];
        }
    }

    /// <summary>By cell: whether its scores are to be taken.</summary>
    public ReadOnlySpan<bool> Wanted => _wanted;

    public void Take(int cell, double score) => _scores[cell]![_taken[cell]++] = score;

    /// <summary>The percentiles, once all scores wanted have been taken.</summary>
    public Percentile[] Select() => PercentileRanks.Select(_percentiles, _count, ScoreOf);

    private int CellOfRank(long rank)
    {
        // The last cell that begins at or before the rank; empty cells begin where the next one does.
        var cell = Array.BinarySearch(_before, rank + 1);
        return (cell < 0 ? ~cell : FirstOf(cell)) - 1;
    }

    /// <summary>The first of the cells that begin where this one does.</summary>
    private int FirstOf(int cell)
    {
        while (_before[cell - 1] == _before[cell])
        {
            cell--;
        }
        return cell;
    }

    private double ScoreOf(long rank)
    {
        var cell = CellOfRank(rank);
        return RankSelection.Select(_scores[cell], (int)(rank - _before[cell]));
    }
}
