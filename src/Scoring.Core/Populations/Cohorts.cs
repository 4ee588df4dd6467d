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
    private static readonly Cohort NoAttributes = new(-1, -1, 0);

    // A cohort has the attributes of one before it and one more. The first has none, as a new row has.
    private readonly List<Cohort> _cohorts = [NoAttributes];
    private readonly Dictionary<Cohort, int> _numbers = [];

    // Rows of each cohort, and cohorts that have its attributes and one more. The first stays without them.
    private readonly List<int> _holders = [0];
    private readonly Stack<int> _free = [];
    private readonly List<EventTotals> _totals = [new()];
    private readonly EventTotals _ofOthers = new();
    private readonly Column<ushort> _ofRows = new();
    private int _others;

    /// <summary>Number of cohorts, that without attributes included.</summary>
    public int Count => _cohorts.Count - _free.Count;

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
        if (before == after)
        {
            return false;
        }
        _ofRows[row] = after;
        if (after == NoCohort)
        {
            _others++;
        }
        else
        {
            Hold(after);
        }
        if (before == NoCohort)
        {
            _others--;
        }
        else
        {
            Release(before);
        }
        return true;
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
        var met = new ulong?[_cohorts.Count];
        for (var number = 0; number < met.Length; number++)
        {
            if (Met(number, filter, met) == (1UL << filter.Tests.Count) - 1)
            {
                totals.Add(_totals[number]);
            }
        }
        return _others > 0 ? Ungathered.Others : Ungathered.Nobody;
    }

    /// <summary>Which clauses a cohort meets: those that the one before it meets, and what it has more.</summary>
    private ulong Met(int number, RowFilter filter, ulong?[] met)
    {
        if (number < 0)
        {
            return 0;
        }
        if (met[number] is { } known)
        {
            return known;
        }
        var (before, column, value) = _cohorts[number];
        var clauses = Met(before, filter, met);
        for (var clause = 0; clause < filter.Tests.Count; clause++)
        {
            var test = filter.Tests[clause];
            clauses |= test.Column.Number == column && test.Value == value ? 1UL << clause : 0;
        }
        met[number] = clauses;
        return clauses;
    }

    /// <summary>How many customers have had events of a type.</summary>
    public long CustomersOf(int eventType) =>
        _totals
            .Append(_ofOthers)
            .Where(totals => eventType < totals.ByType.Length)
            .Sum(totals => totals.ByType[eventType].Customers);

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
                if (Count == Most)
                {
                    ReleaseUnused(cohort.Before);
                    return -1;
                }
                number = Add(cohort);
            }
        }
        return number;
    }

    private int Add(Cohort cohort)
    {
        if (!_free.TryPop(out var number))
        {
            number = _cohorts.Count;
            _cohorts.Add(NoAttributes);
            _holders.Add(0);
            _totals.Add(new());
        }
        _cohorts[number] = cohort;
        _numbers.Add(cohort, number);
        Hold(cohort.Before);
        return number;
    }

    private void Hold(int number)
    {
        if (number > 0)
        {
            _holders[number]++;
        }
    }

    /// <summary>A row, or a cohort that follows, is no longer in a cohort; the last one's makes room, and so may those before it.</summary>
    private void Release(int number)
    {
        while (number > 0 && --_holders[number] == 0)
        {
            var cohort = _cohorts[number];
            _numbers.Remove(cohort);
            _cohorts[number] = NoAttributes;
            _totals[number] = new();
            _free.Push(number);
            number = cohort.Before;
        }
    }

    /// <summary>Makes the room of a cohort free that was made on the way to one for which there is none.</summary>
    private void ReleaseUnused(int number)
    {
        Hold(number);
        Release(number);
    }

    /// <summary>What a cohort has in common.</summary>
    /// <param name="Before">The cohort that has all but the last of its attributes.</param>
    /// <param name="Column">Number of the last attribute.</param>
    /// <param name="Value">Number of its value.</param>
    private readonly record struct Cohort(int Before, int Column, int Value);
}
