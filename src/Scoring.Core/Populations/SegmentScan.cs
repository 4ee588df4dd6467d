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
    private const int WordRows = RecentDays.WordRows;

    private readonly int _today = readTime.UtcDay;

    /// <summary>Scans all rows.</summary>
    /// <param name="tally">Gets what is found.</param>
    /// <param name="ungathered">Whose event totals the tally wants from their facts.</param>
    public void Run(SegmentTally tally, Ungathered ungathered)
    {
        Span<ulong> selected = stackalloc ulong[RowSelection.Words];
        for (var chunk = 0; chunk < selection.Chunks; chunk++)
        {
            var rows = selection.Select(chunk, selected);
            if (!selected.ContainsAnyExcept(0UL))
            {
                continue;
            }
            Score(chunk, rows, selected, tally);
            CountStages(chunk, rows, selected, tally);
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

    /// <summary>
    /// Counts who was active, and the stages of <see cref="LifecycleMarks.On"/>. A customer whose newest active day lies in a period was active
    /// in it: no read lies before that day.
    /// </summary>
    private void CountStages(int chunk, int rows, ReadOnlySpan<ulong> selected, SegmentTally tally)
    {
        ReadOnlySpan<ushort> days = facts.RecentDays.Newest.Chunk(chunk);
        ReadOnlySpan<ushort> firstDays = lifecycles.FirstDays.Chunk(chunk);
        var (inDay, inWeek, inMonth) = (From(0), From(6), From(Activity.MonthDays - 1));
        var (newFrom, activeFrom) = (_today - settings.NewDays + 1, From(settings.DormantDays - 1));
        var active = tally.Active;
        var stages = tally.Lifecycles;
        for (var row = 0; row < rows; row += WordRows)
        {
            var members = selected[row / WordRows];
            if (members == 0)
            {
                continue;
            }
            var newest = days.Slice(row, WordRows);
            // Most have been active lately or all have not.
            if ((members & Later(newest, inMonth)) is var lately and not 0)
            {
                active[0] += BitOperations.PopCount(lately & Later(newest, inDay));
                active[1] += BitOperations.PopCount(lately & Later(newest, inWeek));
                active[2] += BitOperations.PopCount(lately);
            }
            if ((members & Later(newest, From(Activity.MonthDays))) is var within and not 0)
            {
                CountCompleteDays((chunk * ChunkRows) + row, within, active);
            }
            var churned = members & lifecycles.Churned((chunk * ChunkRows) + row);
            var stays = members & ~churned;
            var isNew =
                stays & Later(firstDays.Slice(row, WordRows), (ushort)Math.Clamp(newFrom, 0, LifecycleMarks.NoDay));
            var isActive = stays & ~isNew & Later(newest, activeFrom);
            stages[(int)Lifecycle.Churned] += BitOperations.PopCount(churned);
            stages[(int)Lifecycle.New] += BitOperations.PopCount(isNew);
            stages[(int)Lifecycle.Active] += BitOperations.PopCount(isActive);
            stages[(int)Lifecycle.Dormant] += BitOperations.PopCount(stays & ~isNew & ~isActive);
        }

        ushort From(int daysAgo) => RecentDays.ActiveOn(_today - daysAgo);
    }

    /// <summary>Counts those of 64 rows that were active on the complete days before today, and on how many each was.</summary>
    private void CountCompleteDays(int first, ulong members, Span<long> active)
    {
        Span<uint> days = stackalloc uint[WordRows];
        facts.RecentDays.AsOf(_today, first, days);
        var complete = Vector256.Create(((1U << Activity.MonthDays) - 1) << 1);
        var lanes = Vector256.Create(1U, 2, 4, 8, 16, 32, 64, 128);
        for (var at = 0; at < WordRows; at += Vector256<uint>.Count)
        {
            var isMember = Vector256.Equals(Vector256.Create((uint)(members >> at)) & lanes, lanes);
            var activeOn = Vector256.Create(days[at..]) & complete & isMember;
            var inactive = Vector256.Equals(activeOn, Vector256<uint>.Zero).ExtractMostSignificantBits();
            active[3] += Vector256<uint>.Count - BitOperations.PopCount(inactive);
            activeOn.CopyTo(days[at..]);
        }
        foreach (var ofTwo in MemoryMarshal.Cast<uint, ulong>(days))
        {
            active[4] += BitOperations.PopCount(ofTwo);
        }
    }

    /// <summary>A bit for each of 64 days that is a certain day or later.</summary>
    private static ulong Later(ReadOnlySpan<ushort> days, ushort from)
    {
        var bits = 0UL;
        for (var at = 0; at < WordRows; at += Vector256<ushort>.Count)
        {
            var some = Vector256.Create(days.Slice(at, Vector256<ushort>.Count));
            var later = Vector256.GreaterThanOrEqual(some, Vector256.Create(from));
            bits |= (ulong)later.ExtractMostSignificantBits() << at;
        }
        return bits;
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
