using Scoring.Core.Facts;
using Scoring.Core.Models;

namespace Scoring.Core.Scores;

/// <summary>The UTC day that a term of recency counts from, in the numbers of one schema.</summary>
/// <param name="term">The term.</param>
/// <param name="schema">The schema.</param>
internal sealed class RecencyDay(RecencyTerm term, FactsSchema schema)
{
    // -1 for a type that nobody has had.
    private readonly int? _eventType = term.EventType is { } type ? schema.EventTypes.Find(type) : null;

    /// <summary>The day, not after that of the customer's newest event; null when there was none, or it is not known.</summary>
    public int? Of(FactsView facts) =>
        _eventType is { } type ? facts.NewestDayOf(type)
        : facts.ActiveDays is { IsEmpty: false } days ? days.Newest
        : null;
}
