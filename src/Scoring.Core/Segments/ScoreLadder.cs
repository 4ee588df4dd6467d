using System.Buffers;
using Scoring.Core.Serialization;

namespace Scoring.Core.Segments;

/// <summary>How many of some scores lie below each of a series of scores, its rungs: so where a rank may lie, without the scores.</summary>
internal sealed class ScoreLadder
{
    /// <summary>Between two rungs lies no more than this part of the scores, or those of one cell.</summary>
    private const int Steps = 1_024;

    /// <summary>Cells with more than this part of the scores are divided into cells of their own.</summary>
    private const int Crowded = 128;

    /// <summary>How often a cell of a cell is divided; few scores far from all others take one each time.</summary>
    private const int Levels = 6;

    private readonly double[] _rungs;
    private readonly int[] _below;

    private ScoreLadder(double[] rungs, int[] below) => (_rungs, _below) = (rungs, below);

    /// <summary>The rungs in ascending order, infinite at both ends.</summary>
    public ReadOnlySpan<double> Rungs => _rungs;

    /// <summary>The ladder of scores that were counted.</summary>
    public static ScoreLadder Of(ReadOnlySpan<double> scores, ScoreCounts counts)
    {
        var builder = new Builder(scores.Length);
        builder.Add(scores, counts, levels: Levels);
        return builder.Build();
    }

    /// <summary>As many scores as certainly lie below one.</summary>
    public int AtLeastBelow(double score) =>
        Array.BinarySearch(_rungs, score) is var rung && rung >= 0 ? _below[rung] : _below[~rung - 1];

    /// <summary>As many scores as may lie below one.</summary>
    public int AtMostBelow(double score) =>
        Array.BinarySearch(_rungs, score) is var rung && rung >= 0 ? _below[rung] : _below[~rung];

    public void Write(ref RecordWriter writer)
    {
        writer.Count(_rungs.Length);
        for (var rung = 0; rung < _rungs.Length; rung++)
        {
            writer.Double(_rungs[rung]);
            writer.Int32(_below[rung]);
        }
    }

    public static ScoreLadder Read(ref RecordReader reader)
    {
        var rungs = new double[reader.Count()];
        var below = new int[rungs.Length];
        for (var rung = 0; rung < rungs.Length; rung++)
        {
            (rungs[rung], below[rung]) = (reader.Double(), reader.Int32());
        }
        return rungs is [double.NegativeInfinity, .., double.PositiveInfinity]
            ? new ScoreLadder(rungs, below)
            : throw new InvalidDataException("A ladder of scores has no ends.");
    }

    private sealed class Builder(int count)
    {
        private readonly List<double> _rungs = [double.NegativeInfinity];
        private readonly List<int> _below = [0];
        private int _sum;

        public ScoreLadder Build() => new([.. _rungs, double.PositiveInfinity], [.. _below, count]);

        /// <summary>Adds scores that lie above all that were added.</summary>
        public void Add(ReadOnlySpan<double> scores, ScoreCounts counts, int levels)
        {
            var before = _sum;
            for (var cell = 0; cell < ScoreCells.Count; cell++)
            {
                var here = counts.Cells[cell];
                var isStep = (_sum + here - _below[^1]) * (long)Steps >= count;
                // Not before the first, as the cell may begin among those that were added.
                if (
                    here > 0
                    && isStep
                    && _sum > Math.Max(before, _below[^1])
                    && counts.By.BeginningOf(cell) is { } beginning
                )
                {
                    _rungs.Add(beginning);
                    _below.Add(_sum);
                }
                if (here * (long)Crowded > count && here < scores.Length && levels > 0)
                {
                    Divide(scores, counts.By, cell, levels - 1);
                }
                else
                {
                    _sum += here;
                }
            }
        }

        private void Divide(ReadOnlySpan<double> scores, ScoreCells by, int cell, int levels)
        {
            var wanted = new bool[ScoreCells.Count];
            wanted[cell] = true;
            var picked = ScoreDistribution.Pick(scores, by, wanted);
            Add(picked, ScoreDistribution.CountsOf(picked, by.Model, by.Histogram), levels);
            ArrayPool<double>.Shared.Return(picked.Array!);
        }
    }
}
