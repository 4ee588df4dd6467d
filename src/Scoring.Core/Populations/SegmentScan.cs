using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;
using Scoring.Core.Facts;
using Scoring.Core.Lifecycles;
using Scoring.Core.Memory;
using Scoring.Core.Scores;
using Scoring.Core.Segments;
using Scoring.Core.Time;

namespace Scoring.Core.Populations;

/// <summary>Scores the rows of a population that pass a filter, four at a time, and notes what a tally wants of them.</summary>
internal sealed class SegmentScan(
    FactsSchema schema,
    IdTable ids,
    FactsTable facts,
    AccountIndex accounts,
    Cohorts cohorts,
    LifecycleTable lifecycles,
    LifecycleSettings settings,
    CompiledModel model,
    RowSelection selection,
    RowScores scores,
    Instant readTime
)
{
    private const int ChunkRows = Column<ushort>.ChunkRows;
    private const int WordRows = 64;

    private readonly int _today = readTime.UtcDay;

    /// <summary>Scans all rows.</summary>
    /// <param name="tally">Gets what is found.</param>
    /// <param name="ungathered">Whose event totals the tally wants from their facts.</param>
    public void Run(SegmentTally tally, Ungathered ungathered)
    {
        var stages = new StageCount(facts, lifecycles, settings, _today);
        Span<ulong> selected = stackalloc ulong[RowSelection.Words];
        for (var chunk = 0; chunk < selection.Chunks; chunk++)
        {
            var rows = selection.Select(chunk, selected);
            if (!selected.ContainsAnyExcept(0UL))
            {
                continue;
            }
            Score(chunk, rows, selected, tally);
            stages.Count(chunk, rows, selected, tally);
            if (ungathered == Ungathered.Others)
            {
                cohorts.KeepOthers(chunk, selected);
            }
            if (ungathered != Ungathered.Nobody)
            {
                LookIntoFacts(chunk, selected, tally.OfMembers!.Add);
            }
        }
        tally.Ahead += selection.Ahead;
        tally.NoteNewest(selection.NewestEvent);
        tally.CompleteRanked(Complete);
        GC.KeepAlive(this);
    }

    private void Score(int chunk, int rows, ReadOnlySpan<ulong> selected, SegmentTally tally)
    {
        var room = tally.Scores.Room;
        var added = 0;
        Span<double> buffer = stackalloc double[WordRows];
        for (var row = 0; row < rows; row += WordRows)
        {
            var members = selected[row / WordRows];
            if (members == 0)
            {
                continue;
            }
            var target = members == ulong.MaxValue ? room.Slice(added, WordRows) : buffer;
            var some = target[..scores.Fill((chunk * ChunkRows) + row, members, target)];
            if (members == ulong.MaxValue)
            {
                added += WordRows;
            }
            else
            {
                for (var rest = members; rest != 0; rest &= rest - 1)
                {
                    room[added++] = some[BitOperations.TrailingZeroCount(rest)];
                }
            }
            Rank((chunk * ChunkRows) + row, some, members, tally);
        }
        tally.Scores.Add(added);
    }

    /// <summary>Ranks those of up to 64 rows that are to be.</summary>
    private void Rank(int first, ReadOnlySpan<double> scores, ulong members, SegmentTally tally)
    {
        var (highest, lowest) = tally.RankedFrom;
        var any = Vector256<double>.Zero;
        foreach (var four in MemoryMarshal.Cast<double, Vector256<double>>(scores))
        {
            any |=
                Vector256.GreaterThanOrEqual(four, Vector256.Create(highest))
                | Vector256.LessThanOrEqual(four, Vector256.Create(lowest));
        }
        if (any.ExtractMostSignificantBits() == 0)
        {
            return;
        }
        for (; members != 0; members &= members - 1)
        {
            var row = BitOperations.TrailingZeroCount(members);
            if (scores[row] >= highest || scores[row] <= lowest)
            {
                Rank(first + row, scores[row], tally);
                (highest, lowest) = tally.RankedFrom;
            }
        }
    }

    private void LookIntoFacts(int chunk, ReadOnlySpan<ulong> selected, Action<FactsView> look)
    {
        var rows = RowTest.RowsOf(chunk, selected, stackalloc int[ChunkRows]);
        for (var i = 0; i < rows.Length; i++)
        {
            facts.PrefetchAhead(rows, i);
            look(facts[rows[i]]);
        }
    }

    private void Rank(int row, double score, SegmentTally tally)
    {
        var marks = lifecycles[row];
        tally.Rank(ids[row], score, isAtRisk: !marks.IsChurned && !marks.IsWithin(model.Model.GraceDays, _today));
    }

    private RankedCustomer Complete(RankedCustomer ranked)
    {
        var row = ids.Find(Encoding.UTF8.GetBytes(ranked.CustomerId));
        if (row < 0)
        {
            // Of a population before, and completed by it.
            return ranked;
        }
        var member = facts[row];
        return ranked with
        {
            AccountId = accounts.AccountOf(row),
            Lifecycle = lifecycles[row].On(_today, LifecycleMarks.NewestActiveDay(member), settings),
            Momentum = CustomerScorer.Momentum(model, schema, member, settings, readTime),
        };
    }
}
