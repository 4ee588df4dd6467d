using Scoring.Core.Facts;

namespace Scoring.Core.Populations;

/// <summary>Events of all customers of a population by type, lifetime. Only ever added to, as facts are, so it cannot drift from them.</summary>
internal sealed class EventTotals
{
    // A customer in the high bits, its events in the low ones: one addition for both. 2^16 customers with fewer than 2^24 events fit.
    private const int CustomerShift = 40;
    private const long SmallEvents = 1L << 24;
    private const int MostSmall = 1 << 16;

    private Total[] _totals = [];
    private long[] _small = [];
    private int _smallCustomers;

    /// <summary>The totals by number of the event type; types that nobody had may be missing at the end.</summary>
    public ReadOnlySpan<Total> ByType => _totals;

    public void Add(int eventType, int customers, double count, double value)
    {
        if (eventType >= _totals.Length)
        {
            Array.Resize(ref _totals, eventType + 1);
        }
        ref var total = ref _totals[eventType];
        total.Customers += customers;
        total.Count += count;
        total.Value += value;
    }

    /// <summary>Adds what one customer has had.</summary>
    public void Add(FactsView facts)
    {
        AddLater(facts);
        Flush();
    }

    /// <summary>Adds what one customer has had, to be seen after <see cref="Flush"/>.</summary>
    public void AddLater(FactsView facts)
    {
        var small = _small.AsSpan();
        var words = facts.SeriesWords;
        var stride = facts.SeriesLength;
        for (var at = 0; at < words.Length; at += stride)
        {
            var (type, hasValue, count) = FactsView.HeadOf(words[at]);
            if (!hasValue && count < SmallEvents && type < small.Length)
            {
                small[type] += (1L << CustomerShift) + count;
                continue;
            }
            at += hasValue ? stride : 0;
            Add(type, 1, count, hasValue ? BitConverter.UInt64BitsToDouble(words[at]) : count);
        }
        if (++_smallCustomers == MostSmall || _totals.Length > small.Length)
        {
            Flush();
        }
    }

    /// <summary>Completes the totals after <see cref="AddLater"/>.</summary>
    public void Flush()
    {
        for (var type = 0; type < _small.Length; type++)
        {
            if (_small[type] is var small and > 0)
            {
                var count = small & ((1L << CustomerShift) - 1);
                Add(type, (int)(small >> CustomerShift), count, count);
                _small[type] = 0;
            }
        }
        Array.Resize(ref _small, _totals.Length);
        _smallCustomers = 0;
    }

    /// <summary>Events of one type.</summary>
    /// <param name="Customers">Customers that had any.</param>
    /// <param name="Count">How many they were.</param>
    /// <param name="Value">The sum of their values.</param>
    internal record struct Total(long Customers, double Count, double Value);
}
