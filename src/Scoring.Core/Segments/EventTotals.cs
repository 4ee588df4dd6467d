using Scoring.Core.Facts;

namespace Scoring.Core.Segments;

/// <summary>Lifetime events of some customers by type. Customers may come and go: all of it is exact, so it cannot drift from their facts.</summary>
internal sealed class EventTotals
{
    private Total[] _totals = [];

    /// <summary>The totals by number of the event type; types that nobody had may be missing at the end.</summary>
    public ReadOnlySpan<Total> ByType => _totals;

    /// <summary>Whether any of the customers may have had another value than 1 with events of a type.</summary>
    public bool HasValues(int eventType) => eventType < _totals.Length && _totals[eventType].Values is not null;

    /// <summary>Adds an event of value 1 of a customer that had no other value with events of the type.</summary>
    /// <param name="eventType">Number of the event type.</param>
    /// <param name="isNew">Whether it is the customer's first of the type.</param>
    public void AddPlain(int eventType, bool isNew)
    {
        ref var total = ref Of(eventType);
        total.Customers += isNew ? 1 : 0;
        total.Count++;
        total.Plain++;
    }

    /// <summary>Takes in that a customer has had other events of a type than before.</summary>
    public void Replace(int eventType, SeriesTotal before, SeriesTotal after)
    {
        Add(eventType, before, -1);
        Add(eventType, after, 1);
    }

    /// <summary>Adds all that a customer has had.</summary>
    public void Add(FactsView facts) => Add(facts, 1);

    /// <summary>Takes all out that a customer has had.</summary>
    public void Subtract(FactsView facts) => Add(facts, -1);

    /// <summary>Adds the events of other customers.</summary>
    public void Add(EventTotals other)
    {
        for (var type = 0; type < other._totals.Length; type++)
        {
            ref readonly var added = ref other._totals[type];
            if (added.Customers > 0)
            {
                ref var total = ref Of(type);
                total.Customers += added.Customers;
                total.Count += added.Count;
                total.Plain += added.Plain;
                if (added.Values is not null)
                {
                    ValueSum.Add(total.Values ??= new ulong[ValueSum.Words], added.Values);
                }
            }
        }
    }

    private void Add(FactsView facts, int sign)
    {
        foreach (var series in facts.Series)
        {
            Add(series.EventType, series.Total, sign);
        }
    }

    private ref Total Of(int eventType)
    {
        if (eventType >= _totals.Length)
        {
            Array.Resize(ref _totals, eventType + 1);
        }
        return ref _totals[eventType];
    }

    /// <summary>Adds the events of a customer (sign 1), or takes them out (sign -1).</summary>
    private void Add(int eventType, SeriesTotal customer, int sign)
    {
        if (customer.Count == 0)
        {
            return;
        }
        ref var total = ref Of(eventType);
        total.Customers += sign;
        total.Count += sign * customer.Count;
        if (customer.Value is { } value)
        {
            ValueSum.Add(total.Values ??= new ulong[ValueSum.Words], sign * value);
        }
        else
        {
            total.Plain += sign * customer.Count;
        }
    }

    /// <summary>Events of one type.</summary>
    internal struct Total
    {
        /// <summary>Customers that had any.</summary>
        public long Customers;

        /// <summary>How many they were.</summary>
        public long Count;

        /// <summary>Those of customers with whom each had the value 1.</summary>
        public long Plain;

        /// <summary>The sum of the others' values, a <see cref="ValueSum"/>; null when there never was another.</summary>
        public ulong[]? Values;

        /// <summary>The sum of all values.</summary>
        public readonly double Value => Plain + (Values is null ? 0 : ValueSum.Value(Values));
    }
}
