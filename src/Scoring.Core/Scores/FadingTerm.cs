using Scoring.Core.Facts;
using Scoring.Core.Lifecycles;
using Scoring.Core.Models;
using Scoring.Core.Time;

namespace Scoring.Core.Scores;

/// <summary>A term of recency that halves with the days, in the numbers of one schema.</summary>
/// <param name="term">The term.</param>
/// <param name="sum">Place of its half-life among a series' sums.</param>
/// <param name="halfLife">The half-life.</param>
internal sealed class FadingTerm(RecencyTerm term, int sum, HalfLife halfLife)
{
    /// <summary>The term.</summary>
    public RecencyTerm Term => term;

    /// <summary>Place of its half-life among a series' sums.</summary>
    public int Sum => sum;

    /// <summary>What the quantity of a customer is as a sum, to the landmark of its facts: an event of 1 when its newest active day began.</summary>
    public double SumOf(FactsView facts)
    {
        var newest = LifecycleMarks.NewestActiveDay(facts);
        return newest == LifecycleMarks.Never
            ? 0
            : halfLife.WeightAt(new Instant(newest * TimeSpan.TicksPerDay), halfLife.LandmarkAt(facts.LastEvent));
    }
}
