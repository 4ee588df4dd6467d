using Scoring.Core.Memory;
using Scoring.Core.Time;

namespace Scoring.Core.Populations;

/// <summary>The rows of a population that pass a filter and can be read at an instant, chunk by chunk.</summary>
/// <param name="facts">The facts.</param>
/// <param name="filter">The filter.</param>
/// <param name="newestOfAll">The newest event of the population.</param>
/// <param name="readTime">The instant.</param>
/// <param name="aheadFrom">Those whose newest event lies after this instant are left out and counted; null for none.</param>
internal sealed class RowSelection(
    FactsTable facts,
    RowTest filter,
    Instant newestOfAll,
    Instant readTime,
    Instant? aheadFrom
)
{
    private const int ChunkRows = Column<ushort>.ChunkRows;
    private const int WordRows = 64;

    private readonly bool _isAnyAhead = newestOfAll > aheadFrom;
    private readonly bool _isNewestKnown =
        !(newestOfAll > aheadFrom) && (filter == RowTest.Everyone || newestOfAll <= readTime);

    /// <summary>Words of 64 bits for the rows of a chunk.</summary>
    public const int Words = ChunkRows / WordRows;

    /// <summary>The filter.</summary>
    public RowTest Filter => filter;

    /// <summary>Number of chunks; none where no row can pass.</summary>
    public int Chunks => filter == RowTest.Nobody ? 0 : (facts.Count + ChunkRows - 1) / ChunkRows;

    /// <summary>Whether any customer may be left out.</summary>
    public bool IsAnyAhead => _isAnyAhead;

    /// <summary>How many were left out so far.</summary>
    public long Ahead { get; private set; }

    /// <summary>
    /// The newest event of those selected so far, where that lies after the instant; otherwise an instant that is not after it.
    /// <see cref="Instant.MinValue"/> when there is none.
    /// </summary>
    public Instant NewestEvent { get; private set; } = Instant.MinValue;

    /// <summary>Selects rows of a chunk; gives how many rows it has.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="selected">Gets a bit for each row.</param>
    public int Select(int chunk, Span<ulong> selected)
    {
        var rows = Math.Min(ChunkRows, facts.Count - (chunk * ChunkRows));
        filter.Select(chunk, rows, facts.Deleted, selected);
        if (_isNewestKnown)
        {
            NewestEvent = newestOfAll;
            return rows;
        }
        var passed = RowTest.RowsOf(chunk, selected, stackalloc int[ChunkRows]);
        for (var i = 0; i < passed.Length; i++)
        {
            facts.PrefetchAhead(passed, i);
            var newest = facts.LastEventOf(passed[i]);
            if (newest > aheadFrom)
            {
                selected[passed[i] % ChunkRows / WordRows] &= ~(1UL << (passed[i] % WordRows));
                Ahead++;
            }
            else
            {
                NewestEvent = Instant.Max(NewestEvent, newest);
            }
        }
        return rows;
    }
}
