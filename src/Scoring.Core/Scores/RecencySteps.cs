using Scoring.Core.Facts;
using Scoring.Core.Models;

namespace Scoring.Core.Scores;

/// <summary>How many days ago a customer was active last, or had its newest event of a type, by steps: the same until the next step begins.</summary>
internal sealed class RecencySteps(RecencyTerm term, FactsSchema schema) : StandingTerm(term)
{
    private readonly RecencyDay _day = new(term, schema);

    public override bool IsDated => true;

    public override double Quantity(ScoredCustomer customer, int today, out int lastDay)
    {
        lastDay = Always;
        if (_day.Of(customer.Facts) is not { } newest)
        {
            return 0;
        }
        var days = today - newest;
        foreach (var step in term.Steps)
        {
            if (step.From > days)
            {
                lastDay = newest + (int)step.From - 1;
                break;
            }
        }
        return Step.QuantityOf(term.Steps, days);
    }
}
