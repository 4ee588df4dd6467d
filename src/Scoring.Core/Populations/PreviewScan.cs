using System.Numerics;
using Scoring.Core.Models;
using Scoring.Core.Segments;

namespace Scoring.Core.Populations;

/// <summary>Scores selected rows of a population by two models, counts them by the bands of both, and finds those that move most.</summary>
/// <param name="selection">The rows.</param>
/// <param name="stages">Counts what depends on neither model.</param>
/// <param name="current">Their scores by the model that is stored.</param>
/// <param name="candidate">Their scores by the other.</param>
/// <param name="models">The two.</param>
/// <param name="idOf">The id of a row.</param>
/// <param name="describe">Tells of a row by both.</param>
internal sealed class PreviewScan(
    RowSelection selection,
    StageCount stages,
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
        for (var chunk = 0; chunk < selection.Chunks; chunk++)
        {
            var rows = selection.Select(chunk, selected);
            stages.Count(chunk, rows, selected, tally.Current);
            AddScores(chunk, selected, tally);
        }
        tally.Current.Ahead += selection.Ahead;
        tally.Current.NoteNewest(selection.NewestEvent);
        tally.Candidate.TakeCustomers(tally.Current);
    }

    private void AddScores(int chunk, ReadOnlySpan<ulong> selected, PreviewTally tally)
    {
        Span<double> before = stackalloc double[WordRows];
        Span<double> after = stackalloc double[WordRows];
        var roomBefore = tally.Current.Scores.Room;
        var roomAfter = tally.Candidate.Scores.Room;
        var added = 0;
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
                (roomBefore[added], roomAfter[added]) = (before[place], after[place]);
                added++;
                Compare(first + place, before[place], after[place], tally);
            }
        }
        tally.Current.Scores.Add(added);
        tally.Candidate.Scores.Add(added);
    }

    private void Compare(int row, double before, double after, PreviewTally tally)
    {
        tally.Count(models.Current.BandOf(before), models.Candidate.BandOf(after));
        if (tally.Wants(after - before, row, idOf))
        {
            tally.Add(describe(row));
        }
    }
}
