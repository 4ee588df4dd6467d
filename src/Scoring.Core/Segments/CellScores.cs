using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Scoring.Core.Segments;

/// <summary>How many of some scores each cell has, and the scores of those cells that are wanted.</summary>
internal sealed class CellScores
{
    private readonly IReadOnlyList<ScoreList> _parts;
    private readonly ScoreCells _cells;
    private readonly int[][] _counts;
    private readonly long[] _before = new long[ScoreCells.Count + 1];
    private readonly double[]?[] _scores = new double[]?[ScoreCells.Count];

    /// <param name="parts">The scores.</param>
    public CellScores(IReadOnlyList<ScoreList> parts)
    {
        _parts = parts;
        _cells = new ScoreCells(SampleOf(parts[0].All));
        _counts = new int[parts.Count][];
        Parallel.For(0, parts.Count, part => _counts[part] = CountsOf(parts[part].All));
        for (var cell = 0; cell < ScoreCells.Count; cell++)
        {
            _before[cell + 1] = _before[cell];
            foreach (var counts in _counts)
            {
                _before[cell + 1] += counts[cell];
            }
        }
    }

    /// <summary>How many scores a cell has.</summary>
    public long CountOf(int cell) => _before[cell + 1] - _before[cell];

    /// <summary>The scores of a cell that was wanted, once they have been picked.</summary>
    public ReadOnlySpan<double> this[int cell] => _scores[cell];

    /// <summary>The cell of a score.</summary>
    public int CellOf(double score) => _cells.CellOf(score);

    /// <summary>Wants the scores of a cell.</summary>
    public void Want(int cell) => _scores[cell] ??= new double[CountOf(cell)];

    /// <summary>Wants the scores from one rank to another.</summary>
    public void Want(long first, long last)
    {
        for (var cell = CellOfRank(first); cell < ScoreCells.Count && _before[cell] <= last; cell++)
        {
            Want(cell);
        }
    }

    /// <summary>Picks the scores that are wanted, all parts at once.</summary>
    public void Pick()
    {
        // Where in its cell the next score of a part goes: behind those of the parts before it; -1 where none is wanted.
        var next = new int[_parts.Count][];
        var end = Array.ConvertAll(_scores, scores => scores is null ? -1 : 0);
        for (var part = 0; part < next.Length; part++)
        {
            next[part] = [.. end];
            for (var cell = 0; cell < end.Length; cell++)
            {
                end[cell] += end[cell] < 0 ? 0 : _counts[part][cell];
            }
        }
        Parallel.For(0, next.Length, part => Pick(_parts[part].All, next[part]));
    }

    /// <summary>The scores from one rank to another, once they have been picked.</summary>
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

    private static double[] SampleOf(ReadOnlySpan<double> scores)
    {
        var sample = new double[Math.Min(ScoreCells.Sample, scores.Length)];
        for (var i = 0; i < sample.Length; i++)
        {
            sample[i] = scores[i * (scores.Length / sample.Length)];
        }
        return sample;
    }

    private int[] CountsOf(ReadOnlySpan<double> scores)
    {
        var counts = new int[ScoreCells.Count];
        var vectors = MemoryMarshal.Cast<double, Vector256<double>>(scores);
        foreach (ref readonly var vector in vectors)
        {
            var cells = _cells.CellsOf(vector);
            counts[cells[0]]++;
            counts[cells[1]]++;
            counts[cells[2]]++;
            counts[cells[3]]++;
        }
        foreach (var score in scores[(vectors.Length * Vector256<double>.Count)..])
        {
            counts[_cells.CellOf(score)]++;
        }
        return counts;
    }

    private void Pick(ReadOnlySpan<double> scores, int[] next)
    {
        var vectors = MemoryMarshal.Cast<double, Vector256<double>>(scores);
        foreach (var vector in vectors)
        {
            var cells = _cells.CellsOf(vector);
            if ((next[cells[0]] & next[cells[1]] & next[cells[2]] & next[cells[3]]) >= 0)
            {
                Pick(cells[0], vector[0], next);
                Pick(cells[1], vector[1], next);
                Pick(cells[2], vector[2], next);
                Pick(cells[3], vector[3], next);
            }
        }
        foreach (var score in scores[(vectors.Length * Vector256<double>.Count)..])
        {
            Pick((ulong)_cells.CellOf(score), score, next);
        }
    }

    private void Pick(ulong cell, double score, int[] next)
    {
        if (next[cell] >= 0)
        {
            _scores[cell]![next[cell]++] = score;
        }
    }

    /// <summary>The cell of a rank.</summary>
    private int CellOfRank(long rank)
    {
        // The last cell that begins at or before the rank; empty cells begin where the next one does.
        var cell = Array.BinarySearch(_before, rank + 1);
        cell = cell < 0 ? ~cell : cell;
        while (_before[cell - 1] > rank)
        {
            cell--;
        }
        return cell - 1;
    }
}
