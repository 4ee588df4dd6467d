using System.Text;
using Scoring.Core.Facts;
using Scoring.Core.Models;

namespace Scoring.Core.Scores;

/// <summary>How many different features were used, within a window of days where the term has one.</summary>
internal sealed class FeaturesUsed(FeatureTerm term, FactsSchema schema) : StandingTerm(term)
{
    private readonly byte[][] _features = [.. term.Features.Select(Encoding.UTF8.GetBytes)];

    public override bool IsDated => term.WindowDays > 0;

    public override double Quantity(ScoredCustomer customer, int today, out int lastDay)
    {
        lastDay = Always;
        var used = 0;
        foreach (var feature in _features)
        {
            var use = customer.Facts.UseOf(schema.Features.Find(feature));
            // The last day on which it counts.
            var until = term.WindowDays == 0 ? Always : use.LastDay + term.WindowDays - 1;
            if (use.Uses > 0 && until >= today)
            {
                used++;
                lastDay = Math.Min(lastDay, until);
            }
        }
        return used;
    }
}
