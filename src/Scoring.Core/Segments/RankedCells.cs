namespace Scoring.Core.Segments;

/// <summary>The scores of the cells that hold some ranks.</summary>
internal sealed class RankedCells
{
    private readonly long[] _before = new long[ScoreCells.Count + 1];
    private readonly double[]?[] _scores = new double[]?[ScoreCells.Count];
    private readonly int[] _taken = new int[ScoreCells.Count];

    /// <param name="cells">How many scores each cell has.</param>
    /// <param name="ranks">From which rank to which, again and again.</param>
    public RankedCells(ReadOnlySpan<long> cells, IEnumerable<(long First, long Last)> ranks)
    {
        for (var cell = 0; cell < ScoreCells.Count; cell++)
        {
            _before[cell + 1] = _before[cell] + cells[cell];
        }
        foreach (var (first, last) in ranks)
        {
            for (var cell = CellOfRank(first); cell < ScoreCells.Count && _before[cell] <= last; cell++)
            {
                _scores[cell] ??= new double[cells[cell]];
            }
        }
    }

    /// <summary>Whether the scores of a cell are to be taken.</summary>
    public bool Wants(int cell) => _scores[cell] is not null;

    public void Take(int cell, double score) => _scores[cell]![_taken[cell]++] = score;

    /// <summary>The scores from one rank to another, once all scores wanted have been taken.</summary>
    public RankWindow Window(long first, long last)
    {
        var scores = new double[last - first + 1];
        for (var cell = CellOfRank(first); cell < ScoreCells.Count && _before[cell] <= last; cell++)
        {
            var from = (int)(Math.Max(first, _before[cell]) - _before[cell]);
            var end = (int)(Math.Min(last + 1, _before[cell + 1]) - _before[cell]);
            if (from < end)
            {
                RankSelection.Sort(_scores[cell], from, end);
                _scores[cell].AsSpan(from..end).CopyTo(scores.AsSpan((int)(_before[cell] + from - first)));
            }
        }
        return new(first, scores);
    }

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
}
