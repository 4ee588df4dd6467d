namespace Scoring.Core.Populations;

/// <summary>Customers by the values of their attributes: those that have them all in common are a cohort, whose event totals are kept.</summary>
/// <remarks>
/// <para>
/// So the totals of a segment are the sums of those of the cohorts that its filter lets pass, and nobody's facts need be read. A customer's
/// cohort takes two bytes.
/// </para>
/// <para>
/// An attribute that tells too many customers apart does not count for cohorts: a filter on it passes few of them. Nor are there more than
/// <see cref="Most"/> cohorts; customers with yet other values are in none. The totals of both must be gathered from facts.
/// </para>
/// </remarks>
internal sealed class Cohorts
{
    /// <summary>Most cohorts.</summary>
    public const int Most = 4_096;

    private const ushort NoCohort = ushort.MaxValue;
    private static readonly Cohort NoAttributes = new(-1, -1, 0);

    // A cohort has the attributes of one before it and one more. The first has none, as a new row has.
    private readonly List<Cohort> _cohorts = [NoAttributes];
    private readonly Dictionary<Cohort, int> _numbers = [];
    private readonly List<EventTotals> _totals = [new()];
    private readonly EventTotals _ofOthers = new();
    private readonly Column<ushort> _ofRows = new();
    private int _others;

    /// <summary>Makes room for rows; those added have no attributes.</summary>
    public void EnsureRows(int rows) => _ofRows.EnsureRows(rows);

    /// <summary>Asks for what is kept of a row.</summary>
    public void Prefetch(int row) => _ofRows.Prefetch(row);

    /// <summary>The event totals that a row's events are part of.</summary>
    public EventTotals TotalsOf(int row) => _ofRows[row] is var number and not NoCohort ? _totals[number] : _ofOthers;

    /// <summary>Puts a row where its attributes belong. The totals are the caller's to bring up to date.</summary>
    /// <returns>Whether it was elsewhere before.</returns>
    public bool Move(int row, AttributeTable attributes)
    {
        var number = Find(row, attributes);
        var (before, after) = (_ofRows[row], number < 0 ? NoCohort : (ushort)number);
        _others += (after == NoCohort ? 1 : 0) - (before == NoCohort ? 1 : 0);
        _ofRows[row] = after;
        return before != after;
    }

    /// <summary>Adds the totals of the customers that pass a filter, as far as they are kept.</summary>
    /// <returns>Of which of them there are none.</returns>
    public Ungathered AddTotals(RowFilter filter, EventTotals totals)
    {
        if (filter.IsEveryone)
        {
            _totals.ForEach(totals.Add);
            totals.Add(_ofOthers);
            return Ungathered.Nobody;
        }
        if (filter.Tests.Any(test => !test.Column.IsNarrow))
        {
            return Ungathered.Everybody;
        }
        // Which clauses each cohort meets: those that the one before it meets, and what it has more.
        var met = new ulong[_cohorts.Count];
        for (var i = 0; i < met.Length; i++)
        {
            var (before, column, value) = _cohorts[i];
            met[i] = before < 0 ? 0 : met[before];
            for (var clause = 0; clause < filter.Tests.Count; clause++)
            {
                var test = filter.Tests[clause];
                met[i] |= test.Column.Number == column && test.Value == value ? 1UL << clause : 0;
            }
            if (met[i] == (1UL << filter.Tests.Count) - 1)
            {
                totals.Add(_totals[i]);
            }
        }
        return _others > 0 ? Ungathered.Others : Ungathered.Nobody;
    }

    /// <summary>Clears the bits of the rows of one chunk whose totals are kept.</summary>
    public void KeepOthers(int chunk, Span<ulong> bits) => RowFilter.KeepEqual(_ofRows, chunk, NoCohort, bits);

    /// <summary>The number of the cohort that a row belongs to; -1 for none.</summary>
    private int Find(int row, AttributeTable attributes)
    {
        var number = 0;
        foreach (var column in attributes.Columns)
        {
            if (!column.IsNarrow || column.NumberOf(row) is not (> 0 and var value))
            {
                continue;
            }
            var cohort = new Cohort(number, column.Number, value);
            if (!_numbers.TryGetValue(cohort, out number))
            {
                if (_cohorts.Count == Most)
                {
                    return -1;
                }
                number = _cohorts.Count;
                _numbers.Add(cohort, number);
                _cohorts.Add(cohort);
                _totals.Add(new());
            }
        }
        return number;
    }

    /// <summary>What a cohort has in common.</summary>
    /// <param name="Before">The cohort that has all but the last of its attributes.</param>
    /// <param name="Column">Number of the last attribute.</param>
    /// <param name="Value">Number of its value.</param>
    private readonly record struct Cohort(int Before, int Column, int Value);
}
