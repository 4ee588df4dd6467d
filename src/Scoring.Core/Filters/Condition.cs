using System.Globalization;
using System.Numerics;
using System.Text.Json.Serialization;
using Scoring.Core.Time;

namespace Scoring.Core.Filters;

/// <summary>What a customer must meet. What is not known of a customer, such as an attribute that it lacks, meets no test; its negation then does.</summary>
[JsonDerivedType(typeof(All), "all")]
[JsonDerivedType(typeof(Any), "any")]
[JsonDerivedType(typeof(Not), "not")]
[JsonDerivedType(typeof(TextTest), "text")]
[JsonDerivedType(typeof(NumberTest), "number")]
[JsonDerivedType(typeof(AgeTest), "age")]
[JsonDerivedType(typeof(Used), "used")]
[JsonDerivedType(typeof(Adjusted), "adjusted")]
[JsonDerivedType(typeof(OfAccount), "account")]
[JsonDerivedType(typeof(InSegment), "segment")]
public abstract record Condition
{
    private Condition() { }

    /// <summary>Every part must be met; none is met by everyone.</summary>
    /// <param name="Parts">The parts.</param>
    public sealed record All(IReadOnlyList<Condition> Parts) : Condition;

    /// <summary>One part must be met.</summary>
    /// <param name="Parts">The parts.</param>
    public sealed record Any(IReadOnlyList<Condition> Parts) : Condition;

    /// <summary>A part must not be met.</summary>
    /// <param name="Part">The part.</param>
    public sealed record Not(Condition Part) : Condition;

    /// <summary>A text must be one of some, contain one, or be there.</summary>
    /// <param name="Field">The text.</param>
    /// <param name="Key">Key of an attribute; empty for other fields.</param>
    /// <param name="Test">How it is looked at.</param>
    /// <param name="Values">What it is compared with.</param>
    /// <param name="Place">Which clause of the filter it is, from 0; -1 for none.</param>
    public sealed record TextTest(
        TextField Field,
        string Key,
        TextOperator Test,
        IReadOnlyList<string> Values,
        int Place = -1
    ) : Condition
    {
        /// <summary>Whether it asks for one value of an attribute.</summary>
        internal bool IsOneValue => this is { Field: TextField.Attribute, Test: TextOperator.Equals, Values: [_] };

        /// <summary>Whether a text passes; empty stands for none.</summary>
        public bool Passes(string text) =>
            text.Length > 0
            && Test switch
            {
                TextOperator.Equals => Values.Contains(text, StringComparer.Ordinal),
                TextOperator.Contains => Values.Any(value => text.Contains(value, StringComparison.OrdinalIgnoreCase)),
                _ => true,
            };
    }

    /// <summary>A number must compare so.</summary>
    /// <param name="Field">The number.</param>
    /// <param name="Key">Key of an attribute or name of an event type; empty for other fields.</param>
    /// <param name="Days">Days of a window or half-life; 0 for none.</param>
    /// <param name="Test">How.</param>
    /// <param name="Value">With what; finite.</param>
    /// <param name="Place">Which clause of the filter it is, from 0; -1 for none.</param>
    public sealed record NumberTest(NumberField Field, string Key, int Days, Order Test, double Value, int Place = -1)
        : Condition
    {
        /// <summary>Whether a number compares so.</summary>
        public bool Passes(double number) => Passes(Test, number, Value);

        /// <summary>Whether the value of an attribute is a number that compares so, such as 5, -0.5 or 1e6.</summary>
        public bool Passes(string text) =>
            double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && Passes(number);
    }

    /// <summary>An instant must lie so, by its age or as it is.</summary>
    /// <param name="Field">The instant.</param>
    /// <param name="Test">How; an age is less the later the instant is.</param>
    /// <param name="Age">The age at the instant of reading that its own is compared with; null for none.</param>
    /// <param name="Instant">The instant that it is compared with; null for none.</param>
    /// <param name="EventType">Of <see cref="AgeField.LastDayOfType"/>, the event type; empty for other fields.</param>
    /// <param name="Place">Which clause of the filter it is, from 0; -1 for none.</param>
    public sealed record AgeTest(
        AgeField Field,
        Order Test,
        TimeSpan? Age,
        Instant? Instant,
        string EventType = "",
        int Place = -1
    ) : Condition
    {
        /// <summary>Whether an instant lies so.</summary>
        public bool Passes(Instant instant, Instant readTime) =>
            Age is { } age
                ? Passes(Test, (readTime - instant).Ticks, age.Ticks)
                : Passes(Test, instant.Ticks, Instant!.Value.Ticks);
    }

    /// <summary>A feature must have been used.</summary>
    /// <param name="Feature">The feature.</param>
    /// <param name="Place">Which clause of the filter it is, from 0; -1 for none.</param>
    public sealed record Used(string Feature, int Place = -1) : Condition;

    /// <summary>The customer's score must be adjusted by hand.</summary>
    /// <param name="Model">Name of the model that it is adjusted in.</param>
    public sealed record Adjusted(string Model) : Condition;

    /// <summary>The customer's account must meet something: its attributes and seats.</summary>
    /// <param name="Test">What; a test of an attribute or of the seats.</param>
    public sealed record OfAccount(Condition Test) : Condition;

    /// <summary>The customer must belong to a saved segment.</summary>
    /// <param name="Name">The segment's name.</param>
    public sealed record InSegment(string Name) : Condition;

    /// <summary>This with every condition in it replaced that a function gives another for, the innermost first.</summary>
    public Condition Replace(Func<Condition, Condition> replacement) =>
        replacement(
            this switch
            {
                All all => new All([.. all.Parts.Select(part => part.Replace(replacement))]),
                Any any => new Any([.. any.Parts.Select(part => part.Replace(replacement))]),
                Not not => new Not(not.Part.Replace(replacement)),
                _ => this,
            }
        );

    /// <summary>The conditions that are made of no others, in the order of the filter.</summary>
    public IEnumerable<Condition> Tests() =>
        this switch
        {
            All all => all.Parts.SelectMany(part => part.Tests()),
            Any any => any.Parts.SelectMany(part => part.Tests()),
            Not not => not.Part.Tests(),
            _ => [this],
        };

    private static bool Passes<T>(Order order, T value, T other)
        where T : INumber<T> =>
        order switch
        {
            Order.Equal => value == other,
            Order.Less => value < other,
            Order.LessOrEqual => value <= other,
            Order.Greater => value > other,
            _ => value >= other,
        };
}

/// <summary>A text of a customer.</summary>
public enum TextField
{
    /// <summary>An attribute.</summary>
    Attribute,

    /// <summary>The customer's id.</summary>
    CustomerId,

    /// <summary>Its account's id.</summary>
    AccountId,

    /// <summary>The band of its score.</summary>
    Band,

    /// <summary>Where it stands with the product: "new", "active", "dormant" or "churned".</summary>
    Lifecycle,

    /// <summary>Of an account: where it is heading, such as "churning".</summary>
    AccountStatus,
}

/// <summary>How a text is looked at.</summary>
public enum TextOperator
{
    /// <summary>It is one of the values, character by character.</summary>
    Equals,

    /// <summary>It contains one of the values, whatever their case.</summary>
    Contains,

    /// <summary>It is not empty.</summary>
    IsPresent,
}

/// <summary>A number of a customer.</summary>
public enum NumberField
{
    /// <summary>An attribute whose value is a number.</summary>
    Attribute,

    /// <summary>The score, unclamped.</summary>
    Score,

    /// <summary>The score as it is shown, 1 to 100.</summary>
    DisplayScore,

    /// <summary>Whether engagement rises or falls, -1 to 1; there is none for who is dormant.</summary>
    Momentum,

    /// <summary>UTC days with activity in a window that ends with the day of reading.</summary>
    ActiveDays,

    /// <summary>Events of a type: all, or decayed by a half-life.</summary>
    Events,

    /// <summary>Values of the events of a type added up: all, or decayed by a half-life.</summary>
    Quantity,

    /// <summary>Seats that an account pays for.</summary>
    Seats,

    /// <summary>Of an account: its health, 0 to 100; there is none where nobody of it was ever active.</summary>
    Health,

    /// <summary>Of an account: number of its customers.</summary>
    AccountCustomers,
}

/// <summary>An instant of a customer.</summary>
public enum AgeField
{
    /// <summary>Its newest event.</summary>
    LastEvent,

    /// <summary>The beginning of the UTC day of its first event or upsert, whichever is earlier.</summary>
    FirstEvent,

    /// <summary>The beginning of the UTC day of its newest event of a type.</summary>
    LastDayOfType,
}

/// <summary>How one number compares with another.</summary>
public enum Order
{
    /// <summary>It is the same.</summary>
    Equal,

    /// <summary>It is less.</summary>
    Less,

    /// <summary>It is less or the same.</summary>
    LessOrEqual,

    /// <summary>It is greater.</summary>
    Greater,

    /// <summary>It is greater or the same.</summary>
    GreaterOrEqual,
}
