using System.Numerics;
using Scoring.Core.Memory;
using Scoring.Core.Scores;
using Scoring.Core.Time;

namespace Scoring.Core.Populations;

/// <summary>The scores of the rows of a population at an instant: by its columns, or from its facts where these are not built.</summary>
internal sealed class RowScores(FactsTable facts, ModelColumns columns, AdjustmentTable adjustments, Instant readTime)
{
    private const int WordRows = 64;

    // More at once than the processor waits for are asked for in vain.
    private const int PrefetchAhead = 4;

    private readonly ReadingFactors? _factors = columns.FactorsAt(readTime);
    private readonly IReadOnlyDictionary<int, ulong>? _adjusted = adjustments.RowsOf(columns.Model.Model.Name);

    /// <summary>How many rows were scored from their facts since their columns did not hold any more.</summary>
    public long Stale { get; private set; }

    /// <summary>Scores up to 64 rows that stand together.</summary>
    /// <param name="first">The first of them; a multiple of 64.</param>
    /// <param name="members">A bit for each that is wanted; the scores of others may be anything.</param>
    /// <param name="scores">Gets the scores; 64.</param>
    /// <returns>How many scores may be looked at, a multiple of four.</returns>
    public int Fill(int first, ulong members, Span<double> scores)
    {
        // Four rows stand together, be the last of them there or not.
        var together = Math.Min(WordRows, (facts.Count - first + 3) & ~3);
        if (_factors is null)
        {
            // The instant lies too far before the newest event of all for the columns.
            scores[..together].Clear();
            Score(first, members, scores);
            return together;
        }
        var stale = members;
        if (columns.IsBuilt)
        {
            var model = columns.Model;
            var (chunk, inChunk) = Math.DivRem(first, Column<double>.ChunkRows);
            var values = columns.Chunk(chunk)[(inChunk / CompiledModel.RowsTogether * model.WordsTogether)..];
            stale &= model.Scores(values, _factors, scores[..together]);
        }
        if (stale != 0)
        {
            ScoreAnew(first, stale, scores, _factors);
        }
        if (_adjusted is not null && _adjusted.TryGetValue(first / WordRows, out var adjusted))
        {
            Score(first, members & adjusted, scores);
        }
        return together;
    }

    /// <summary>Scores some of up to 64 rows one by one, each as it is adjusted.</summary>
    private void Score(int first, ulong rows, Span<double> scores)
    {
        var model = columns.Model.Model;
        for (; rows != 0; rows &= rows - 1)
        {
            var place = BitOperations.TrailingZeroCount(rows);
            var row = first + place;
            scores[place] = model.Score(
                columns.Points(row, facts[row], columns.IsBuilt ? _factors : null, readTime),
                adjustments.Find(row, model.Name, readTime)
            );
        }
    }

    /// <summary>Scores those of up to 64 rows whose columns do not hold.</summary>
    private void ScoreAnew(int first, ulong stale, Span<double> scores, ReadingFactors factors)
    {
        Stale += BitOperations.PopCount(stale);
        var ahead = stale;
        for (var i = 0; i < PrefetchAhead; i++)
        {
            ahead = PrefetchNext(first, ahead);
        }
        for (; stale != 0; stale &= stale - 1)
        {
            ahead = PrefetchNext(first, ahead);
            var place = BitOperations.TrailingZeroCount(stale);
            scores[place] = columns.Model.Model.Score(columns.PointsAnew(first + place, facts[first + place], factors));
        }
    }

    /// <summary>Asks for the facts of the first of some rows; gives the others.</summary>
    private ulong PrefetchNext(int first, ulong rows)
    {
        if (rows != 0)
        {
            facts.PrefetchFacts(first + BitOperations.TrailingZeroCount(rows));
        }
        return rows & (rows - 1);
    }
}
