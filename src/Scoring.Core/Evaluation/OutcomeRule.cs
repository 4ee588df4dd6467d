using System.Text.Json.Serialization;
using Scoring.Core.Time;

namespace Scoring.Core.Evaluation;

/// <summary>What is to be told beforehand: what counts as churn, or as whatever else scores are judged by.</summary>
[JsonDerivedType(typeof(OfEvent), "event")]
[JsonDerivedType(typeof(OfAttribute), "attribute")]
[JsonDerivedType(typeof(OfSilence), "silence")]
[JsonDerivedType(typeof(OfList), "list")]
public abstract record OutcomeRule
{
    private OutcomeRule() { }

    /// <summary>An event of a type occurs.</summary>
    /// <param name="EventType">The type.</param>
    /// <param name="CanRecur">Whether customers are still looked at to whom it happened before, as with purchases; an end happens once.</param>
    public sealed record OfEvent(string EventType, bool CanRecur) : OutcomeRule;

    /// <summary>An attribute gets a value. It happens when that is received; whoever has it already is not looked at.</summary>
    /// <param name="Key">The key.</param>
    /// <param name="Value">The value.</param>
    public sealed record OfAttribute(string Key, string Value) : OutcomeRule;

    /// <summary>Nothing is done for so long. It happens at the end of that time; whoever has been silent as long already, or has done nothing yet, is not looked at.</summary>
    /// <remarks>Events of passive types are nothing done.</remarks>
    /// <param name="Days">How long, in days.</param>
    public sealed record OfSilence(int Days) : OutcomeRule;

    /// <summary>What somebody else knows: to whom it happened, and when.</summary>
    /// <param name="Customers">The instant of each customer; it does not happen to others.</param>
    public sealed record OfList(IReadOnlyDictionary<string, Instant> Customers) : OutcomeRule;
}
