using System.Buffers;
using System.Runtime.InteropServices;
using Scoring.Core.Serialization;

namespace Scoring.Core.Segments;

/// <summary>The scores of some ranges out of many, in order, equal ones together.</summary>
internal sealed class PickedRanges
{
    private readonly List<Range> _ranges = [];

    private PickedRanges() { }

    /// <param name="scores">The scores.</param>
    /// <param name="counts">Their counts.</param>
    /// <param name="ranges">The ranges, apart from each other and in ascending order.</param>
    public PickedRanges(ReadOnlySpan<double> scores, ScoreCounts counts, IReadOnlyList<ScoreRange> ranges)
    {
        var cells = new (int First, int Last)[ranges.Count];
        var wanted = new bool[ScoreCells.Count];
        for (var i = 0; i < cells.Length; i++)
        {
            var (from, to) = ranges[i];
            cells[i] = (
                double.IsInfinity(from) ? 0 : counts.By.CellOf(from),
                double.IsInfinity(to) ? ScoreCells.Count - 1 : counts.By.CellOf(to)
            );
            wanted.AsSpan(cells[i].First..(cells[i].Last + 1)).Fill(true);
        }
        var picked = ScoreDistribution.Pick(scores, counts.By, wanted);
        var sorted = picked.AsSpan();
        sorted.Sort();
        var (notPicked, cell) = (0, 0);
        for (var i = 0; i < cells.Length; i++)
        {
            for (; cell < cells[i].First; cell++)
            {
                notPicked += wanted[cell] ? 0 : counts.Cells[cell];
            }
            var first = FirstFrom(sorted, ranges[i].From);
            var end = double.IsInfinity(ranges[i].To) ? sorted.Length : FirstFrom(sorted, ranges[i].To);
            _ranges.Add(new Range(notPicked + first, Together(sorted[first..end])));
        }
        ArrayPool<double>.Shared.Return(picked.Array!);
    }

    /// <summary>The same ranges of the scores of several parts together.</summary>
    public static PickedRanges Merge(IReadOnlyList<PickedRanges> parts)
    {
        var merged = new PickedRanges();
        for (var i = 0; i < parts[0]._ranges.Count; i++)
        {
            var range = i;
            merged._ranges.Add(
                new Range(
                    parts.Sum(part => part._ranges[range].Below),
                    [.. parts.SelectMany(part => part._ranges[range].Scores).OrderBy(equal => equal.Score)]
                )
            );
        }
        return merged;
    }

    /// <summary>The score of a rank, counted from 0, that lies in one of the ranges.</summary>
    public double ScoreOf(long rank)
    {
        var (below, scores) = _ranges.Last(range => range.Below <= rank);
        foreach (var (score, count) in scores)
        {
            below += count;
            if (rank < below)
            {
                return score;
            }
        }
        throw new InvalidDataException($"What was picked out of the scores does not hold rank {rank}.");
    }

    public void Write(ref RecordWriter writer)
    {
        foreach (var (below, scores) in _ranges)
        {
            writer.Int64(below);
            writer.Int32(scores.Count);
            foreach (var (score, count) in scores)
            {
                writer.Double(score);
                writer.Int32(count);
            }
        }
    }

    public static PickedRanges Read(ReadOnlySpan<byte> sent)
    {
        var reader = new RecordReader(sent);
        var read = new PickedRanges();
        while (!reader.AtEnd)
        {
            var range = new Range(reader.Int64(), []);
            for (var left = reader.Int32(); left > 0; left--)
            {
                range.Scores.Add((reader.Double(), reader.Int32()));
            }
            read._ranges.Add(range);
        }
        return read;
    }

    /// <summary>The place of the first score that is not below one.</summary>
    private static int FirstFrom(ReadOnlySpan<double> sorted, double score)
    {
        var (first, end) = (0, sorted.Length);
        while (first < end)
        {
            var middle = first + ((end - first) / 2);
            (first, end) = sorted[middle] < score ? (middle + 1, end) : (first, middle);
        }
        return first;
    }

    private static List<(double Score, int Count)> Together(ReadOnlySpan<double> sorted)
    {
        var together = new List<(double Score, int Count)>();
        foreach (var score in sorted)
        {
            if (together is [.., var last] && last.Score == score)
            {
                CollectionsMarshal.AsSpan(together)[^1].Count++;
            }
            else
            {
                together.Add((score, 1));
            }
        }
        return together;
    }

    /// <param name="Below">Scores below the range.</param>
    /// <param name="Scores">Those in it, in ascending order.</param>
    private sealed record Range(long Below, List<(double Score, int Count)> Scores);
}
