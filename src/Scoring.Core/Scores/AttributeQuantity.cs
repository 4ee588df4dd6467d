using Scoring.Core.Models;

namespace Scoring.Core.Scores;

/// <summary>What an attribute brings: <see cref="AttributeTerm.Quantity"/>.</summary>
internal sealed class AttributeQuantity(AttributeTerm term) : StandingTerm(term)
{
    public override double Quantity(ScoredCustomer customer, int today, out int lastDay)
    {
        lastDay = Always;
        return term.Quantity(customer.AttributeOf(term.Key));
    }
}
