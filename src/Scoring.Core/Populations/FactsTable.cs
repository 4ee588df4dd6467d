using System.Runtime.CompilerServices;
using Scoring.Core.Facts;
using Scoring.Core.Memory;
using Scoring.Core.Time;

namespace Scoring.Core.Populations;

/// <summary>The facts of all customers of a population, each in one slab; see <see cref="FactsView"/> for what is in it.</summary>
/// <remarks>
/// Beside the slab a customer takes 4 bytes for where it lies, and those of <see cref="Populations.RecentDays"/>. The slab's first word belongs to the
/// population: the row, its account, and a mark.
/// </remarks>
/// <param name="schema">The schema of all facts.</param>
/// <param name="places">Where the places of slabs are kept; a column of its own when null.</param>
/// <param name="placeAt">Which of the values of a row there is the place.</param>
internal sealed class FactsTable(FactsSchema schema, Column<uint>? places = null, int placeAt = 0)
{
    // Rows whose facts are asked for before they are looked at.
    private const int Ahead = 24;

    private const int OwnerWords = 1;
    private const ulong MarkBit = 1UL << 63;
    private readonly SlabArena _slabs = new(
        OwnerWords + FactsView.HeaderWords + schema.SumsPerSeries,
        schema.SumsPerSeries
    );
    private readonly Column<uint> _places = places ?? new();

    /// <summary>The newest active days of each row.</summary>
    public RecentDays RecentDays { get; } = new();

    /// <summary>Number of rows.</summary>
    public int Count { get; private set; }

    /// <summary>The rows whose facts were deleted. They count for no bound.</summary>
    public RowSet Deleted { get; } = new();

    private long Words => _slabs.Words - ((long)Deleted.Count * _slabs.WordsOf(_slabs.SizeFor(0)));

    /// <summary>The facts of a row; void once anything is added.</summary>
    public FactsView this[int row] => new(_slabs[PlaceOf(row)][OwnerWords..], schema);

    /// <summary>The newest event of a row; <see cref="Instant.MinValue"/> when there is none.</summary>
    public Instant LastEventOf(int row) => this[row].LastEvent;

    /// <summary>Whether whatever event may be added within a bound of bytes.</summary>
    public bool HasRoomForAny(long bytes) => Words + SlabArena.MostWords <= bytes / sizeof(ulong);

    /// <summary>Whether a customer without events may be added within a bound of bytes.</summary>
    public bool HasRoomForRow(long bytes) => Words + _slabs.WordsOf(_slabs.SizeFor(0)) <= bytes / sizeof(ulong);

    /// <summary>Whether an event may be added within a bound of bytes.</summary>
    /// <param name="row">Its customer's row; -1 for one to be added.</param>
    /// <param name="eventType">Number of the event type; -1 for a new one.</param>
    /// <param name="value">The event's value.</param>
    /// <param name="feature">Number of the feature used, -1 for a new one; null for none.</param>
    /// <param name="bytes">The bound.</param>
    public bool HasRoomFor(int row, int eventType, double value, int? feature, long bytes)
    {
        var room = (bytes / sizeof(ulong)) - Words;
        Span<ulong> none = stackalloc ulong[FactsView.HeaderWords];
        none.Clear();
        var facts = row < 0 ? new FactsView(none, schema) : this[row];
        var size = _slabs.SizeFor(OwnerWords + facts.LengthWith(eventType, value, feature));
        var present = row < 0 ? 0 : _slabs[PlaceOf(row)].Length;
        return _slabs.WordsOf(size) - present <= room || _slabs.WordsOf(size) == present;
    }

    /// <summary>Adds a row without events.</summary>
    public void AddRow()
    {
        var row = Count++;
        _places.EnsureRows(Count);
        RecentDays.AddRow(row);
        var place = _slabs.Add(_slabs.SizeFor(0));
        var slab = _slabs[place];
        slab[0] = (uint)row;
        FactsView.Clear(slab[OwnerWords..]);
        PlaceOf(row) = place;
    }

    /// <summary>Adds an event; see <see cref="FactsView.Record"/>.</summary>
    public void Record(
        int row,
        int eventType,
        double value,
        int feature,
        Instant occurredAt,
        bool active,
        out FactsChange change
    )
    {
        while (true)
        {
            var facts = this[row];
            var needed = facts.Record(eventType, value, feature, occurredAt, active, out change);
            if (needed == 0)
            {
                if ((change & FactsChange.RecentDays) != FactsChange.None)
                {
                    TakeRecentDays(row);
                }
                return;
            }
            Resize(row, needed);
        }
    }

    /// <summary>Replaces the facts of a row.</summary>
    public void Set(int row, ReadOnlySpan<ulong> facts)
    {
        Resize(row, facts.Length);
        facts.CopyTo(_slabs[PlaceOf(row)][OwnerWords..]);
        TakeRecentDays(row);
    }

    /// <summary>Deletes the facts of a row, which stays as that of somebody without events until it is taken over.</summary>
    public void Delete(int row)
    {
        Span<ulong> none = stackalloc ulong[FactsView.HeaderWords];
        FactsView.Clear(none);
        Set(row, none);
        Deleted.Add(row);
    }

    /// <summary>Number of the account that a row was put into, + 1; 0 for none.</summary>
    public int AccountOf(int row) => (int)((_slabs[PlaceOf(row)][0] & ~MarkBit) >> 32);

    /// <summary>Puts a row into an account.</summary>
    public void SetAccount(int row, int account)
    {
        ref var owner = ref _slabs[PlaceOf(row)][0];
        owner = (owner & MarkBit) | ((ulong)(uint)account << 32) | (uint)row;
    }

    /// <summary>Marks a row; false when it is marked already.</summary>
    public bool Mark(int row)
    {
        ref var owner = ref _slabs[PlaceOf(row)][0];
        if ((owner & MarkBit) != 0)
        {
            return false;
        }
        owner |= MarkBit;
        return true;
    }

    /// <summary>Takes the mark off a row.</summary>
    public void Unmark(int row) => _slabs[PlaceOf(row)][0] &= ~MarkBit;

    /// <summary>Asks for the facts of a row whose place is near.</summary>
    public void PrefetchFacts(int row) => _slabs.Prefetch(PlaceOf(row));

    /// <summary>Asks for the facts of a row that will be looked at soon, while rows are looked at one after the other.</summary>
    /// <param name="rows">All of them, in their order.</param>
    /// <param name="at">Which is looked at now.</param>
    public void PrefetchAhead(ReadOnlySpan<int> rows, int at)
    {
        for (var next = at == 0 ? 0 : at + Ahead; next <= at + Ahead && next < rows.Length; next++)
        {
            PrefetchFacts(rows[next]);
        }
    }

    // Apart, since few events come here: they are the first of their customers' day.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void TakeRecentDays(int row) => RecentDays.Set(row, this[row].ActiveDays);

    private ref uint PlaceOf(int row) => ref Unsafe.Add(ref _places[row], placeAt);

    /// <summary>Moves a row's facts to a slab of another size; the hole that they leave is filled with the last slab of theirs.</summary>
    private void Resize(int row, int words)
    {
        var old = PlaceOf(row);
        var size = _slabs.SizeFor(OwnerWords + words);
        if (_slabs.SizeOf(old) == size)
        {
            return;
        }
        var place = _slabs.Add(size);
        var from = _slabs[old];
        var to = _slabs[place];
        from[..Math.Min(from.Length, to.Length)].CopyTo(to);
        PlaceOf(row) = place;
        if (_slabs.Remove(old))
        {
            PlaceOf((int)(uint)_slabs[old][0]) = old;
        }
    }
}
