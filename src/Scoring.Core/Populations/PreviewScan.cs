using System.Numerics;
using Scoring.Core.Models;
using Scoring.Core.Segments;

namespace Scoring.Core.Populations;

/// <summary>Counts selected rows of a population by their bands under two models, and finds those that move most.</summary>
/// <param name="selection">The rows.</param>
/// <param name="current">Their scores by the model that is stored.</param>
/// <param name="candidate">Their scores by the other.</param>
/// <param name="models">The two.</param>
/// <param name="idOf">The id of a row.</param>
/// <param name="describe">Tells of a row by both.</param>
internal sealed class PreviewScan(
    RowSelection selection,
    RowScores current,
    RowScores candidate,
    (ScoringModel Current, ScoringModel Candidate) models,
    Func<int, string> idOf,
    Func<int, ScoreMove> describe
)
{
    private const int WordRows = 64;

    /// <summary>Scans all rows.</summary>
    public void Run(PreviewTally tally)
    {
        Span<ulong> selected = stackalloc ulong[RowSelection.Words];
        Span<double> before = stackalloc double[WordRows];
        Span<double> after = stackalloc double[WordRows];
        for (var chunk = 0; chunk < selection.Chunks; chunk++)
        {
            selection.Select(chunk, selected);
            for (var word = 0; word < selected.Length; word++)
            {
                if (selected[word] == 0)
                {
                    continue;
                }
                var first = ((chunk * RowSelection.Words) + word) * WordRows;
                current.Fill(first, selected[word], before);
                candidate.Fill(first, selected[word], after);
                for (var rest = selected[word]; rest != 0; rest &= rest - 1)
                {
                    var place = BitOperations.TrailingZeroCount(rest);
                    Add(first + place, before[place], after[place], tally);
                }
            }
        }
    }

    private void Add(int row, double before, double after, PreviewTally tally)
    {
        tally.Count(models.Current.BandOf(before), models.Candidate.BandOf(after));
        if (tally.Wants(after - before, row, idOf))
        {
            tally.Add(describe(row));
        }
    }
}
