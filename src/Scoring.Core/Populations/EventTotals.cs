using Scoring.Core.Facts;

namespace Scoring.Core.Populations;

/// <summary>Events of all customers of a population by type, lifetime. Only ever added to, as facts are, so it cannot drift from them.</summary>
internal sealed class EventTotals
{
    private Total[] _totals = [];

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
        var series = facts.Series;
        while (series.MoveNext())
        {
            Add(
                series.EventType,
                series.IsCount ? 1 : 0,
                series.IsCount ? series.Lifetime : 0,
                series.StandsForValue ? series.Lifetime : 0
            );
        }
    }

    /// <summary>Events of one type.</summary>
    /// <param name="Customers">Customers that had any.</param>
    /// <param name="Count">How many they were.</param>
    /// <param name="Value">The sum of their values.</param>
    internal record struct Total(long Customers, double Count, double Value);
}
