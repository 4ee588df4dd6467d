using Scoring.Core.Models;

namespace Scoring.Core.Scores;

/// <summary>On how many of the last days a customer was active: the same until the earliest of them is not among the last any more.</summary>
internal sealed class ActiveDaysQuantity(ActiveDaysTerm term) : StandingTerm(term)
{
    public override bool IsDated => true;

    public override double Quantity(ScoredCustomer customer, int today, out int lastDay)
    {
        var days = customer.Facts.ActiveDays;
        var first = today - term.WindowDays + 1;
        var count = days.CountBetween(first, today);
        lastDay = count == 0 ? Always : days.EarliestFrom(first) + term.WindowDays - 1;
        return count;
    }
}
