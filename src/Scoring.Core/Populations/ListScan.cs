using System.Numerics;
using Scoring.Core.Facts;
using Scoring.Core.Lifecycles;
using Scoring.Core.Listing;
using Scoring.Core.Memory;
using Scoring.Core.Scores;
using Scoring.Core.Time;

namespace Scoring.Core.Populations;

/// <summary>Adds selected rows of a population to a list, each with what the list is ordered by.</summary>
internal sealed class ListScan(
    FactsSchema schema,
    IdTable ids,
    FactsTable facts,
    LifecycleSettings settings,
    CompiledModel model,
    RowSelection selection,
    RowScores scores,
    Instant readTime
)
{
    private const int WordRows = 64;

    /// <summary>Scans all rows.</summary>
    public void Run(CustomerOrder order, IdList list)
    {
        Span<ulong> selected = stackalloc ulong[RowSelection.Words];
        Span<int> room = stackalloc int[RowSelection.Words * WordRows];
        for (var chunk = 0; chunk < selection.Chunks; chunk++)
        {
            selection.Select(chunk, selected);
            if (order == CustomerOrder.Score)
            {
                AddScored(chunk, selected, list);
                continue;
            }
            var rows = RowTest.RowsOf(chunk, selected, room);
            for (var i = 0; i < rows.Length; i++)
            {
                if (order == CustomerOrder.Id)
                {
                    list.Add(ids[rows[i]]);
                    continue;
                }
                facts.PrefetchAhead(rows, i);
                if (order == CustomerOrder.LastEvent)
                {
                    list.Add(ids[rows[i]], facts.LastEventOf(rows[i]));
                }
                else
                {
                    var momentum = CustomerScorer.Momentum(model, schema, facts[rows[i]], settings, readTime);
                    list.Add(ids[rows[i]], momentum);
                }
            }
        }
        list.Ahead += selection.Ahead;
        list.NoteNewest(selection.NewestEvent);
        GC.KeepAlive(this);
    }

    private void AddScored(int chunk, ReadOnlySpan<ulong> selected, IdList list)
    {
        Span<double> some = stackalloc double[WordRows];
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
                list.Add(ids[first + place], some[place]);
            }
        }
    }
}
