using Scoring.Core.Facts;
using Scoring.Core.Models;
using Scoring.Core.Time;

namespace Scoring.Core.Scores;

/// <summary>A term of recency that halves with the days, in the numbers of one schema.</summary>
/// <param name="term">The term.</param>
/// <param name="sum">Place of its half-life among a series' sums.</param>
/// <param name="schema">The schema.</param>
internal sealed class FadingTerm(RecencyTerm term, int sum, FactsSchema schema)
{
    private readonly RecencyDay _day = new(term, schema);
    private readonly HalfLife _halfLife = new(term.HalfLifeDays);

    /// <summary>The term.</summary>
    public RecencyTerm Term => term;

    /// <summary>Place of its half-life among a series' sums.</summary>
    public int Sum => sum;

    /// <summary>What the quantity of a customer is as a sum, to the landmark of its facts: an event of 1 when the day began.</summary>
    public double SumOf(FactsView facts) =>
        _day.Of(facts) is { } day
            ? _halfLife.WeightAt(new Instant(day * TimeSpan.TicksPerDay), _halfLife.LandmarkAt(facts.LastEvent))
            : 0;
}
