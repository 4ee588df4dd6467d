using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Scoring.Core.Facts;
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
    ModelColumns columns,
    RowFilter filter,
    Instant readTime
)
{
    private const int ChunkRows = Column<int>.ChunkRows;
    private readonly double[]? _factors = columns.FactorsAt(readTime);
    private readonly int _today = readTime.UtcDay;

    /// <summary>Scans all rows.</summary>
    /// <param name="tally">Gets what is found.</param>
    /// <param name="intoFacts">Whether the tally wants what each member's facts tell.</param>
    public void Run(SegmentTally tally, bool intoFacts)
    {
        Span<ulong> selected = stackalloc ulong[ChunkRows / 64];
        for (var first = 0; first < facts.Count; first += ChunkRows)
        {
            var rows = Math.Min(ChunkRows, facts.Count - first);
            filter.Select(first / ChunkRows, rows, selected);
            if (_factors is null)
            {
                ScoreOneByOne(first, selected, tally);
            }
            else
            {
                Score(first, rows, selected, tally);
            }
            CountActive(first / ChunkRows, rows, selected, tally);
            if (intoFacts)
            {
                LookIntoFacts(first, selected, tally);
            }
        }
    }

    private void Score(int first, int rows, ReadOnlySpan<ulong> selected, SegmentTally tally)
    {
        const int together = ModelColumns.RowsTogether;
        var model = columns.Model;
        var stride = model.Columns * together;
        var values = columns.Chunk(first / ChunkRows);
        var (highest, lowest) = tally.RankedFrom;
        for (var row = 0; row < rows; row += together)
        {
            var mask = (uint)(selected[row / 64] >> (row % 64)) & 0xF;
            if (mask == 0)
            {
                continue;
            }
            var scores = model.Scores(values.Slice(row / together * stride, stride), _factors);
            tally.Add(scores, mask);
            var ranked =
                Vector256.GreaterThanOrEqual(scores, Vector256.Create(highest))
                | Vector256.LessThanOrEqual(scores, Vector256.Create(lowest));
            for (var hits = ranked.ExtractMostSignificantBits() & mask; hits != 0; hits &= hits - 1)
            {
                var i = BitOperations.TrailingZeroCount(hits);
                Rank(first + row + i, scores[i], tally);
                (highest, lowest) = tally.RankedFrom;
            }
        }
    }

    /// <summary>For an instant that lies too far before the newest event of all for the columns.</summary>
    private void ScoreOneByOne(int first, ReadOnlySpan<ulong> selected, SegmentTally tally)
    {
        foreach (var row in new SelectedRows(selected))
        {
            var points = CustomerScorer.Points(columns.Model, schema, facts[first + row], readTime);
            var score = columns.Model.Model.Score(points);
            tally.Add(Vector256.CreateScalar(score), mask: 1);
            Rank(first + row, score, tally);
        }
    }

    /// <summary>A customer whose newest active day lies in a period was active in it: no read lies before that day.</summary>
    private void CountActive(int chunk, int rows, ReadOnlySpan<ulong> selected, SegmentTally tally)
    {
        ReadOnlySpan<int> days = facts.NewestDays.Chunk(chunk)[..rows];
        var (daily, weekly, monthly) = (0L, 0L, 0L);
        var (day, week, month) = (
            Vector256.Create(_today),
            Vector256.Create(_today - 6),
            Vector256.Create(_today - 29)
        );
        var row = 0;
        foreach (var eight in MemoryMarshal.Cast<int, Vector256<int>>(days))
        {
            var mask = (uint)(byte)(selected[row / 64] >> (row % 64));
            daily += BitOperations.PopCount(
                Vector256.GreaterThanOrEqual(eight, day).ExtractMostSignificantBits() & mask
            );
            weekly += BitOperations.PopCount(
                Vector256.GreaterThanOrEqual(eight, week).ExtractMostSignificantBits() & mask
            );
            monthly += BitOperations.PopCount(
                Vector256.GreaterThanOrEqual(eight, month).ExtractMostSignificantBits() & mask
            );
            row += Vector256<int>.Count;
        }
        for (; row < rows; row++)
        {
            if ((selected[row / 64] >> (row % 64) & 1) != 0)
            {
                daily += days[row] >= _today ? 1 : 0;
                weekly += days[row] >= _today - 6 ? 1 : 0;
                monthly += days[row] >= _today - 29 ? 1 : 0;
            }
        }
        tally.AddActive(daily, weekly, monthly);
    }

    private void LookIntoFacts(int first, ReadOnlySpan<ulong> selected, SegmentTally tally)
    {
        const int ahead = 16;
        foreach (var row in new SelectedRows(selected))
        {
            // Not the row that is looked into that much later, if others are left out, but mostly one of them.
            facts.PrefetchFacts(Math.Min(first + row + ahead, facts.Count - 1));
            tally.LookInto(facts[first + row]);
        }
    }

    private void Rank(int row, double score, SegmentTally tally) =>
        tally.Rank(ids[row], accounts.Utf8AccountOf(row), score);

    /// <summary>The set bits of a chunk, rising.</summary>
    private ref struct SelectedRows(ReadOnlySpan<ulong> bits)
    {
        private readonly ReadOnlySpan<ulong> _bits = bits;
        private int _word = -1;
        private ulong _rest;

        public int Current { get; private set; }

        public readonly SelectedRows GetEnumerator() => this;

        public bool MoveNext()
        {
            while (_rest == 0)
            {
                if (++_word == _bits.Length)
                {
                    return false;
                }
                _rest = _bits[_word];
            }
            Current = (_word * 64) + BitOperations.TrailingZeroCount(_rest);
            _rest &= _rest - 1;
            return true;
        }
    }
}
