using System.Runtime.InteropServices;
using Scoring.Core.Memory;
using Scoring.Core.Segments;

namespace Scoring.Core.Populations;

/// <summary>Customers by the values of their attributes: those that have them all in common are a cohort, whose event totals are kept.</summary>
/// <remarks>
/// <para>
/// So the totals of a segment are the sums of those of the cohorts that its filter lets pass, and nobody's facts need be read. A customer's
/// cohort takes two bytes.
/// </para>
/// <para>
/// An attribute that tells too many customers apart does not count for cohorts: a filter on it passes few of them. Nor are there more than
/// <see cref="Most"/> cohorts; customers with yet other values are in none. The totals of both must be gathered from facts. A cohort that the
/// last customer has left makes room for another one.
/// </para>
/// </remarks>
internal sealed class Cohorts
{
    /// <summary>Most cohorts.</summary>
    public const int Most = 4_096;

    private const ushort NoCohort = ushort.MaxValue;

    // The first has no attributes, as a new row has, and stays; those that are free have none either, and nobody.
    private readonly List<Cohort> _cohorts = [new("")];
    private readonly Dictionary<string, ushort> _numbers = new(StringComparer.Ordinal) { [""] = 0 };
    private readonly Stack<ushort> _free = [];
    private readonly Cohort _others = new("");
    private readonly Column<ushort> _ofRows = new();

    /// <summary>Number of cohorts, that without attributes included.</summary>
    public int Count => _numbers.Count;

    /// <summary>Makes room for rows; those added have no attributes.</summary>
    public void EnsureRows(int rows) => _ofRows.EnsureRows(rows);

    /// <summary>Asks for what is kept of a row.</summary>
    public void Prefetch(int row) => _ofRows.Prefetch(row);

    /// <summary>The event totals that a row's events are part of.</summary>
    public EventTotals TotalsOf(int row) => Of(_ofRows[row]).Totals;

    /// <summary>Puts a row where its attributes belong. The totals are the caller's to bring up to date.</summary>
    /// <returns>Whether it was elsewhere before.</returns>
    public bool Move(int row, AttributeTable attributes)
    {
        var (before, after) = (_ofRows[row], NumberFor(row, attributes));
        if (before == after)
        {
            return false;
        }
        _ofRows[row] = after;
        Of(after).Rows++;
        var left = Of(before);
        if (--left.Rows == 0 && before is > 0 and not NoCohort)
        {
            _numbers.Remove(left.Key);
            _cohorts[before] = new("");
            _free.Push(before);
        }
        return true;
    }

    /// <summary>Adds the totals of the customers that pass a filter, as far as they are kept: by values of attributes alone.</summary>
    /// <returns>Of which of them there are none.</returns>
    public Ungathered AddTotals(RowTest filter, EventTotals totals)
    {
        if (filter.Equalities is not { } values || values.Any(test => !test.Column.IsNarrow))
        {
            return Ungathered.Everybody;
        }
        uint[] wanted = [.. values.Select(test => PairOf(test.Column, test.Value))];
        foreach (var cohort in _cohorts)
        {
            if (Array.TrueForAll(wanted, pair => MemoryMarshal.Cast<char, uint>(cohort.Key).Contains(pair)))
            {
                totals.Add(cohort.Totals);
            }
        }
        if (wanted.Length == 0)
        {
            totals.Add(_others.Totals);
            return Ungathered.Nobody;
        }
        return _others.Rows == 0 ? Ungathered.Nobody : Ungathered.Others;
    }

    /// <summary>How many customers have had events of a type.</summary>
    public long CustomersOf(int eventType) =>
        _cohorts
            .Append(_others)
            .Where(cohort => eventType < cohort.Totals.ByType.Length)
            .Sum(cohort => cohort.Totals.ByType[eventType].Customers);

    /// <summary>Clears the bits of the rows of one chunk whose totals are kept.</summary>
    public void KeepOthers(int chunk, Span<ulong> bits) => RowTest.KeepEqual(_ofRows, chunk, NoCohort, bits);

    private static uint PairOf(AttributeColumn column, int value) => ((uint)column.Number << 16) | (uint)value;

    private Cohort Of(ushort number) => number == NoCohort ? _others : _cohorts[number];

    /// <summary>The number of the cohort that a row belongs to; <see cref="NoCohort"/> when there is no room for it.</summary>
    private ushort NumberFor(int row, AttributeTable attributes)
    {
        Span<uint> pairs = stackalloc uint[attributes.Columns.Count];
        var count = 0;
        foreach (var column in attributes.Columns)
        {
            if (column.IsNarrow && column.NumberOf(row) is > 0 and var value)
            {
                pairs[count++] = PairOf(column, value);
            }
        }
        var key = MemoryMarshal.Cast<uint, char>(pairs[..count]);
        if (_numbers.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(key, out var number))
        {
            return number;
        }
        if (Count == Most)
        {
            return NoCohort;
        }
        if (!_free.TryPop(out number))
        {
            number = (ushort)_cohorts.Count;
            _cohorts.Add(_others);
        }
        _cohorts[number] = new(new string(key));
        _numbers.Add(_cohorts[number].Key, number);
        return number;
    }

    /// <summary>Customers with the same attributes.</summary>
    /// <param name="key">Number and value's number of each attribute, 16 bits each, in the order of the attributes.</param>
    private sealed class Cohort(string key)
    {
        public string Key => key;

        public EventTotals Totals { get; } = new();

        public int Rows { get; set; }
    }
}
