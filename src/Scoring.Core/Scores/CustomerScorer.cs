using Scoring.Core.Facts;
using Scoring.Core.Lifecycles;
using Scoring.Core.Models;
using Scoring.Core.Time;

namespace Scoring.Core.Scores;

/// <summary>Scores one customer: a pure function of facts, model and instant.</summary>
internal static class CustomerScorer
{
    /// <summary>The points of a customer.</summary>
    public static double Points(CompiledModel model, FactsSchema schema, FactsView facts, Instant readTime)
    {
        Span<double> factors = stackalloc double[schema.SumsPerSeries];
        facts.SetFactors(readTime, factors);
        return model.Points(facts, factors);
    }

    /// <summary>The score of a customer, with why.</summary>
    public static CustomerScore Score(
        CompiledModel model,
        FactsSchema schema,
        FactsView facts,
        string customerId,
        string accountId,
        IReadOnlyList<KeyValuePair<string, string>> attributes,
        LifecycleMarks marks,
        LifecycleSettings lifecycle,
        Instant readTime
    )
    {
        var points = Points(model, schema, facts, readTime);
        var score = model.Model.Score(points);
        var band = model.Model.BandOf(score);
        return new CustomerScore
        {
            CustomerId = customerId,
            AccountId = accountId,
            Attributes = attributes,
            Points = points,
            Score = score,
            Band = model.Model.Bands[band].Name,
            Lifecycle = marks.On(readTime.UtcDay, LifecycleMarks.NewestActiveDay(facts), lifecycle),
            Momentum = Momentum(model, schema, facts, lifecycle, readTime),
            Contributions = Contributions(model, schema, facts, readTime),
            NextBand = Next(model.Model, band, points),
            ModelName = model.Model.Name,
            ModelVersion = model.Model.Version,
            ReadTime = readTime,
            LastEventTime = facts.LastEvent == Instant.MinValue ? null : facts.LastEvent,
        };
    }

    private static List<Contribution> Contributions(
        CompiledModel model,
        FactsSchema schema,
        FactsView facts,
        Instant readTime
    )
    {
        var contributions = new List<Contribution>();
        foreach (var (term, eventType, sum) in model.Terms)
        {
            if (facts.Has(eventType))
            {
                var quantity = facts.Quantity(eventType, term.Measure, sum, readTime);
                contributions.Add(new Contribution(term, quantity, term.Points(quantity), term.Caps(quantity)));
            }
        }
        return contributions;
    }

    /// <summary>
    /// (short - long) / (short + long) of the rates of points per day; see <see cref="CustomerScore.Momentum"/>. A steady rate r gives a
    /// decayed quantity of r x h / ln 2, so quantity / h compares the half-lives. Caps are left out: they hide movement. Lifetime terms
    /// cannot fall and have no say, nor has what takes points away: it would rise by fading.
    /// </summary>
    public static double? Momentum(
        CompiledModel model,
        FactsSchema schema,
        FactsView facts,
        LifecycleSettings lifecycle,
        Instant readTime
    )
    {
        var halfLives = schema.HalfLives;
        if (halfLives.Length < 2 || LifecycleMarks.NewestActiveDay(facts) <= readTime.UtcDay - lifecycle.DormantDays)
        {
            return null;
        }
        var (shortRate, longRate) = (0.0, 0.0);
        foreach (var (term, eventType, sum) in model.Terms)
        {
            if (sum > 0)
            {
                shortRate += Math.Max(0, term.Weight * facts.Quantity(eventType, term.Measure, 1, readTime));
                longRate += Math.Max(
                    0,
                    term.Weight * facts.Quantity(eventType, term.Measure, halfLives.Length, readTime)
                );
            }
        }
        shortRate /= halfLives[0].Days;
        longRate /= halfLives[^1].Days;
        var scale = shortRate + longRate;
        return scale == 0 ? null : (shortRate - longRate) / scale;
    }

    private static NextBand? Next(ScoringModel model, int band, double points)
    {
        if (model.Bands[band].UpperEnd is not { } end)
        {
            return null;
        }
        var missing = Math.Max(0, (end * model.TargetPoints / 100) - points);
        return new NextBand(model.Bands[band + 1].Name, end, missing, model.Bands[band].UpperEndIncluded);
    }
}
