using System.Numerics;
using Scoring.Core.Models;
using Scoring.Core.Segments;
using Scoring.Core.Time;

namespace Scoring.Core.Populations;

/// <summary>Finds among the selected rows of a population those that will leave a band.</summary>
/// <param name="band">Place of the band in the model.</param>
/// <param name="model">The model.</param>
/// <param name="selection">The rows.</param>
/// <param name="scores">Their scores now.</param>
/// <param name="isStillAt">Whether a row certainly stays in the band until then.</param>
/// <param name="describe">Tells when a row leaves the band, given its score; null when it does not.</param>
internal sealed class LeaverScan(
    int band,
    ScoringModel model,
    RowSelection selection,
    RowScores scores,
    Func<int, bool> isStillAt,
    Func<int, double, BandLeaver?> describe
)
{
    private const int WordRows = 64;

    /// <summary>Scans all rows.</summary>
    /// <param name="into">Gets what is found.</param>
    /// <param name="count">How many are named.</param>
    public void Run(BandLeaverTally into, int count)
    {
        Span<ulong> selected = stackalloc ulong[RowSelection.Words];
        Span<double> some = stackalloc double[WordRows];
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
                scores.Fill(first, selected[word], some);
                for (var rest = selected[word]; rest != 0; rest &= rest - 1)
                {
                    var place = BitOperations.TrailingZeroCount(rest);
                    if (model.BandOf(some[place]) == band)
                    {
                        Look(first + place, some[place], into, count);
                    }
                }
            }
        }
        into.Ahead += selection.Ahead;
        into.NewestEvent = Instant.Max(into.NewestEvent, selection.NewestEvent);
    }

    private void Look(int row, double score, BandLeaverTally into, int count)
    {
        into.InBand++;
        if (!isStillAt(row) && describe(row, score) is { } leaver)
        {
            into.Leaving++;
            into.Place(leaver, count);
        }
    }
}
