using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Scoring.Core.Lifecycles;
using Scoring.Core.Memory;
using Scoring.Core.Segments;

namespace Scoring.Core.Populations;

/// <summary>
/// Counts who was active, and the stages of <see cref="LifecycleMarks.On"/>, which depend on no model. A customer whose newest active day lies in a
/// period was active in it: no read lies before that day.
/// </summary>
/// <param name="facts">The facts.</param>
/// <param name="lifecycles">The marks of lifecycles.</param>
/// <param name="settings">Those of the workspace.</param>
/// <param name="today">The UTC day of the read.</param>
internal sealed class StageCount(FactsTable facts, LifecycleTable lifecycles, LifecycleSettings settings, int today)
{
    private const int ChunkRows = Column<ushort>.ChunkRows;
    private const int WordRows = RecentDays.WordRows;

    /// <summary>Adds selected rows of a chunk to the figures of a tally.</summary>
    public void Count(int chunk, int rows, ReadOnlySpan<ulong> selected, SegmentTally tally)
    {
        ReadOnlySpan<ushort> days = facts.RecentDays.Newest.Chunk(chunk);
        ReadOnlySpan<ushort> firstDays = lifecycles.FirstDays.Chunk(chunk);
        var (inDay, inWeek, inMonth) = (From(0), From(6), From(Activity.MonthDays - 1));
        var (newFrom, activeFrom) = (today - settings.NewDays + 1, From(settings.DormantDays - 1));
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

        ushort From(int daysAgo) => RecentDays.ActiveOn(today - daysAgo);
    }

    /// <summary>Counts those of 64 rows that were active on the complete days before today, and on how many each was.</summary>
    private void CountCompleteDays(int first, ulong members, Span<long> active)
    {
        Span<uint> days = stackalloc uint[WordRows];
        facts.RecentDays.AsOf(today, first, days);
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
}
