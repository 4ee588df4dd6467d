using System.Numerics;
using Scoring.Core.Models;
using Scoring.Core.Segments;

namespace Scoring.Core.Populations;

/// <summary>Scores rows of a population by two models, counts them by the bands of both, and finds those that move most.</summary>
/// <param name="parts">All rows that are selected, and the segments of them, each with the tally that gets what is found.</param>
/// <param name="stages">Counts what depends on neither model.</param>
/// <param name="current">The scores by the model that is stored.</param>
/// <param name="candidate">The scores by the other.</param>
/// <param name="models">The two.</param>
/// <param name="idOf">The id of a row.</param>
/// <param name="describe">Tells of a row by both.</param>
internal sealed class PreviewScan(
    (RowSelection Rows, PreviewTally Tally)[] parts,
    StageCount stages,
    RowScores current,
    RowScores candidate,
    (ScoringModel Current, ScoringModel Candidate) models,
    Func<int, string> idOf,
    Func<int, ScoreMove> describe
)
{
    private const int WordRows = 64;
    private readonly ulong[] _selected = new ulong[parts.Length * RowSelection.Words];

    /// <summary>Scans all rows.</summary>
    /// <param name="rows">How many there are.</param>
    public void Run(int rows)
    {
        foreach (var (_, tally) in parts)
        {
            tally.Reserve(rows);
        }
        for (var chunk = 0; chunk < parts[0].Rows.Chunks; chunk++)
        {
            for (var i = 0; i < parts.Length; i++)
            {
                var selected = _selected.AsSpan(i * RowSelection.Words, RowSelection.Words);
                var inChunk = parts[i].Rows.Select(chunk, selected);
                stages.Count(chunk, inChunk, selected, parts[i].Tally.Current);
            }
            AddScores(chunk);
        }
        foreach (var (selection, tally) in parts)
        {
            tally.Complete(selection.Ahead, selection.NewestEvent);
        }
    }

    /// <summary>Scores each row once, whatever segments it is in.</summary>
    private void AddScores(int chunk)
    {
        Span<double> before = stackalloc double[WordRows];
        Span<double> after = stackalloc double[WordRows];
        Span<int> bands = stackalloc int[WordRows];
        Span<int> candidateBands = stackalloc int[WordRows];
        for (var word = 0; word < RowSelection.Words; word++)
        {
            if (_selected[word] == 0)
            {
                continue;
            }
            var first = ((chunk * RowSelection.Words) + word) * WordRows;
            current.Fill(first, _selected[word], before);
            candidate.Fill(first, _selected[word], after);
            for (var rest = _selected[word]; rest != 0; rest &= rest - 1)
            {
                var place = BitOperations.TrailingZeroCount(rest);
                bands[place] = models.Current.BandOf(before[place]);
                candidateBands[place] = models.Candidate.BandOf(after[place]);
                if (parts[0].Tally.Wants(after[place] - before[place], first + place, idOf))
                {
                    parts[0].Tally.Add(describe(first + place));
                }
            }
            for (var i = 0; i < parts.Length; i++)
            {
                var members = _selected[(i * RowSelection.Words) + word];
                parts[i].Tally.Add(members, before, after, bands, candidateBands);
            }
        }
    }
}
