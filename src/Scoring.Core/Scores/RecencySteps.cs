using Scoring.Core.Lifecycles;
using Scoring.Core.Models;

namespace Scoring.Core.Scores;

/// <summary>How many days ago a customer was active last, by steps: the same until the next step begins.</summary>
internal sealed class RecencySteps(RecencyTerm term) : StandingTerm(term)
{
    public override bool IsDated => true;

    public override double Quantity(ScoredCustomer customer, int today, out int lastDay)
    {
        lastDay = Always;
        var newest = LifecycleMarks.NewestActiveDay(customer.Facts);
        if (newest == LifecycleMarks.Never)
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
