namespace Scoring.Core.Segments;

/// <summary>The scores of the cells that hold the ranks of some percentiles.</summary>
/// <remarks>
/// Percentiles by linear interpolation between closest ranks: rank p / 100 x (n - 1), counted from 0. Hyndman and Fan, Sample
/// Quantiles in Statistical Packages, The American Statistician 50 (1996), type 7.
/// </remarks>
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
        foreach (var percentile in percentiles)
        {
            var lower = (long)Math.Floor(RankOf(percentile));
            foreach (var rank in (long[])[lower, Math.Min(lower + 1, count - 1)])
            {
                var cell = CellOfRank(rank);
                _wanted[cell] = true;
                _scores[cell] ??= new double[cells[cell]];
            }
        }
    }

    /// <summary>By cell: whether its scores are to be taken.</summary>
    public ReadOnlySpan<bool> Wanted => _wanted;

    public void Take(int cell, double score) => _scores[cell]![_taken[cell]++] = score;

    /// <summary>The percentiles, once all scores wanted have been taken.</summary>
    public Percentile[] Select()
    {
        var found = new Percentile[_percentiles.Count];
        for (var i = 0; i < found.Length; i++)
        {
            var rank = RankOf(_percentiles[i]);
            var lower = (long)Math.Floor(rank);
            var low = ScoreOf(lower);
            var high = lower + 1 < _count ? ScoreOf(lower + 1) : low;
            found[i] = new Percentile(_percentiles[i], low + ((rank - lower) * (high - low)));
        }
        return found;
    }

    private double RankOf(double percentile) => percentile / 100 * (_count - 1);

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
