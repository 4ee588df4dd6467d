using Scoring.Core.Time;

namespace Scoring.Core.Facts;

/// <summary>What happened to one customer: never a score. Models interpret it.</summary>
/// <remarks>
/// <para>
/// A <em>series</em> is an event type counted, or its values summed; it has a lifetime sum and one decayed sum per half-life. The sum of
/// values is kept from the first value on that is not 1; until then it equals the count.
/// </para>
/// <para>
/// The landmark of each half-life's sums is the newest on the grid that is not after the newest event, so it follows from the facts
/// themselves and is stored nowhere.
/// </para>
/// <para>Facts are bound to one <see cref="FactsSchema"/>, which every call must be given. In memory they are what <see cref="FactsView"/> says.</para>
/// </remarks>
public sealed class CustomerFacts
{
    private ulong[] _words = new ulong[FactsView.HeaderWords];

    /// <summary>The facts of a customer who had no event.</summary>
    public CustomerFacts() => FactsView.Clear(_words);

    /// <summary>The newest event; <see cref="Instant.MinValue"/> when there was none.</summary>
    public Instant LastEvent => new((long)_words[0]);

    /// <summary>The days with activity.</summary>
    public ActiveDays ActiveDays => ActiveDays.From((int)(uint)_words[4], _words[1], _words[2], _words[3]);

    /// <summary>Adds an event.</summary>
    /// <param name="schema">The schema of these facts.</param>
    /// <param name="eventType">Number of the event type.</param>
    /// <param name="value">The event's value; finite.</param>
    /// <param name="feature">Number of the feature used; -1 for none.</param>
    /// <param name="occurredAt">When it happened; any order.</param>
    /// <param name="active">Whether the event makes the customer active on its day.</param>
    public void Record(FactsSchema schema, int eventType, double value, int feature, Instant occurredAt, bool active)
    {
        while (View(schema).Record(eventType, value, feature, occurredAt, active, out _) is var needed and > 0)
        {
            Array.Resize(ref _words, needed);
        }
    }

    /// <summary>Adds the facts of another customer of the same schema, as if all events had been this customer's.</summary>
    public void Merge(FactsSchema schema, CustomerFacts other)
    {
        var from = other.View(schema);
        Array.Resize(ref _words, View(schema).LengthWith(from));
        View(schema).Merge(from);
        Array.Resize(ref _words, View(schema).Length);
    }

    /// <summary>Whether the customer has had an event of a type.</summary>
    public bool Has(FactsSchema schema, int eventType) => View(schema).Has(eventType);

    /// <summary>The quantity of an event type at an instant; 0 when the customer has had none.</summary>
    /// <param name="schema">The schema of these facts.</param>
    /// <param name="eventType">Number of the event type.</param>
    /// <param name="measure">Whether to count events or sum values.</param>
    /// <param name="sum">0 for the lifetime quantity, i + 1 for the i-th half-life of the schema.</param>
    /// <param name="readTime">The instant; not before <see cref="LastEvent"/>.</param>
    public double Quantity(FactsSchema schema, int eventType, Measure measure, int sum, Instant readTime) =>
        View(schema).Quantity(eventType, measure, sum, readTime);

    private FactsView View(FactsSchema schema) => new(_words, schema);
}
