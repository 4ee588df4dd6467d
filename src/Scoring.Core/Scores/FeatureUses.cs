using System.Text;
using Scoring.Core.Facts;
using Scoring.Core.Models;

namespace Scoring.Core.Scores;

/// <summary>How often features were used.</summary>
internal sealed class FeatureUses(FeatureTerm term, FactsSchema schema) : StandingTerm(term)
{
    private readonly byte[][] _features = [.. term.Features.Select(Encoding.UTF8.GetBytes)];

    public override double Quantity(ScoredCustomer customer, int today, out int lastDay)
    {
        lastDay = Always;
        var uses = 0.0;
        foreach (var feature in _features)
        {
            uses += customer.Facts.UseOf(schema.Features.Find(feature)).Uses;
        }
        return uses;
    }
}
