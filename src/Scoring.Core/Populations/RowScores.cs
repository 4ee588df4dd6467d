using System.Numerics;
using Scoring.Core.Memory;
using Scoring.Core.Scores;
using Scoring.Core.Time;

namespace Scoring.Core.Populations;

/// <summary>The scores of the rows of a population at an instant: by its columns, or from its facts where these are not built.</summary>
internal sealed class RowScores(FactsTable facts, ModelColumns columns, Instant readTime)
{
    private const int WordRows = 64;

    private readonly ReadingFactors? _factors = columns.FactorsAt(readTime);

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
            for (var rest = members; rest != 0; rest &= rest - 1)
            {
                var place = BitOperations.TrailingZeroCount(rest);
                var row = first + place;
                scores[place] = columns.Model.Model.Score(columns.Points(row, facts[row], factors: null, readTime));
            }
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
        return together;
    }

    /// <summary>Scores those of up to 64 rows whose columns do not hold.</summary>
    private void ScoreAnew(int first, ulong stale, Span<double> scores, ReadingFactors factors)
    {
        Stale += BitOperations.PopCount(stale);
        for (var rest = stale; rest != 0; rest &= rest - 1)
        {
            facts.PrefetchFacts(first + BitOperations.TrailingZeroCount(rest));
        }
        for (; stale != 0; stale &= stale - 1)
        {
            var place = BitOperations.TrailingZeroCount(stale);
            scores[place] = columns.Model.Model.Score(columns.PointsAnew(first + place, facts[first + place], factors));
        }
    }
}
