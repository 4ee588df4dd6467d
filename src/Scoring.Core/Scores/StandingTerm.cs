using Scoring.Core.Facts;
using Scoring.Core.Models;

namespace Scoring.Core.Scores;

/// <summary>A term in the numbers of one schema whose quantity does not decay: it stands until something happens, or until a certain UTC day.</summary>
/// <param name="term">The term.</param>
internal abstract class StandingTerm(Term term)
{
    /// <summary>No day at all: a quantity stands as long as nothing happens.</summary>
    public const int Always = int.MaxValue;

    /// <summary>The term.</summary>
    public Term Term => term;

    /// <summary>Whether the quantity may change by time alone.</summary>
    public virtual bool IsDated => false;

    /// <summary>The quantity on a day.</summary>
    /// <param name="customer">The customer.</param>
    /// <param name="today">The UTC day; not before that of the customer's newest event.</param>
    /// <param name="lastDay">The last day on which the quantity is still the same when nothing happens, or <see cref="Always"/>.</param>
    public abstract double Quantity(ScoredCustomer customer, int today, out int lastDay);

    /// <summary>A term as one of these; null when its quantity decays.</summary>
    public static StandingTerm? Of(Term term, FactsSchema schema) =>
        term switch
        {
            AttributeTerm attribute => new AttributeQuantity(attribute),
            FeatureTerm { Measure: FeatureMeasure.Distinct } features => new FeaturesUsed(features, schema),
            FeatureTerm features => new FeatureUses(features, schema),
            ActiveDaysTerm active => new ActiveDaysQuantity(active),
            RecencyTerm { HalfLifeDays: 0 } recency => new RecencySteps(recency, schema),
            _ => null,
        };
}
