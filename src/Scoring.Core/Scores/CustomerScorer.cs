using Scoring.Core.Adjustments;
using Scoring.Core.Facts;
using Scoring.Core.Lifecycles;
using Scoring.Core.Models;
using Scoring.Core.Time;

namespace Scoring.Core.Scores;

/// <summary>Scores one customer: a pure function of facts, model and instant.</summary>
internal static class CustomerScorer
{
    /// <summary>The points of a customer.</summary>
    public static double Points(CompiledModel model, FactsSchema schema, ScoredCustomer customer, Instant readTime)
    {
        Span<double> factors = stackalloc double[schema.SumsPerSeries];
        customer.Facts.SetFactors(readTime, factors);
        return model.Points(customer, factors, readTime);
    }

    /// <summary>The score of a customer, without why.</summary>
    public static ScoreOutline Outline(
        CompiledModel model,
        FactsSchema schema,
        ScoredCustomer customer,
        LifecycleMarks marks,
        LifecycleSettings lifecycle,
        Instant readTime
    )
    {
        var score = model.Model.Score(Points(model, schema, customer, readTime), customer.Adjustment);
        return new(
            score,
            model.Model.Bands[model.Model.BandOf(score)].Name,
            marks.On(readTime.UtcDay, LifecycleMarks.NewestActiveDay(customer.Facts), lifecycle),
            Momentum(model, schema, customer.Facts, lifecycle, readTime)
        );
    }

    /// <summary>The score of a customer, with why.</summary>
    public static CustomerScore Score(
        CompiledModel model,
        FactsSchema schema,
        ScoredCustomer customer,
        string customerId,
        string accountId,
        IReadOnlyList<KeyValuePair<string, string>> attributes,
        LifecycleMarks marks,
        LifecycleSettings lifecycle,
        Instant readTime
    )
    {
        var facts = customer.Facts;
        var points = Points(model, schema, customer, readTime);
        var adjustment = AdjustmentOf(model.Model, customer, points);
        var adjusted = points + (adjustment?.Points ?? 0);
        var score = model.Model.Score(points, customer.Adjustment);
        var contributions = Contributions(model, schema, customer, readTime);
        List<DimensionScore> dimensions = [.. model.Model.Dimensions.Select(d => Of(d, contributions))];
        var isLimited = !score.Equals(model.Model.UnlimitedScore(points, customer.Adjustment));
        var limited = isLimited ? model.Model.PointsOf(score) : adjusted;
        var band = model.Model.BandOf(score);
        return new CustomerScore
        {
            CustomerId = customerId,
            AccountId = accountId,
            Attributes = attributes,
            Points = limited,
            Score = score,
            Band = model.Model.Bands[band].Name,
            Lifecycle = marks.On(readTime.UtcDay, LifecycleMarks.NewestActiveDay(facts), lifecycle),
            Momentum = Momentum(model, schema, facts, lifecycle, readTime),
            Contributions = contributions,
            Dimensions = dimensions,
            Adjustment = adjustment,
            CutOffs = [.. CutOffs(dimensions, contributions, limited - adjusted)],
            InGrace = marks.IsWithin(model.Model.GraceDays, readTime.UtcDay),
            NextBand = customer.Adjustment is { Kind: AdjustmentKind.Set } ? null : Next(model.Model, band, adjusted),
            ModelName = model.Model.Name,
            ModelVersion = model.Model.Version,
            ReadTime = readTime,
            LastEventTime = facts.LastEvent == Instant.MinValue ? null : facts.LastEvent,
        };
    }

    private static AdjustmentScore? AdjustmentOf(ScoringModel model, ScoredCustomer customer, double points) =>
        customer.Adjustment is not { } adjustment ? null
        : adjustment.Kind == AdjustmentKind.Set ? new(adjustment, model.PointsOf(adjustment.Score) - points)
        : new(adjustment, model.PointsOf(adjustment.Score));

    private static List<Contribution> Contributions(
        CompiledModel model,
        FactsSchema schema,
        ScoredCustomer customer,
        Instant readTime
    )
    {
        Span<double> factors = stackalloc double[schema.SumsPerSeries];
        customer.Facts.SetFactors(readTime, factors);
        var contributions = new List<Contribution>();
        foreach (var (term, eventType, sum) in model.Terms)
        {
            if (customer.Facts.Has(eventType))
            {
                Add(term, customer.Facts.Quantity(eventType, term.Measure, sum, factors[sum]));
            }
        }
        foreach (var standing in model.StandingTerms)
        {
            if (standing.Quantity(customer, readTime.UtcDay, out _) is var quantity and not 0)
            {
                Add(standing.Term, quantity);
            }
        }
        foreach (var fading in model.FadingTerms)
        {
            if (fading.SumOf(customer.Facts) is var recent and not 0)
            {
                Add(fading.Term, recent * factors[fading.Sum]);
            }
        }
        return contributions;

        void Add(Term term, double quantity) =>
            contributions.Add(new Contribution(term, quantity, term.Points(quantity), term.Caps(quantity)));
    }

    private static DimensionScore Of(Dimension dimension, List<Contribution> contributions)
    {
        var points = PointsIn(dimension, contributions);
        return new(dimension, dimension.Limit(points), Math.Abs(points) > dimension.Cap);
    }

    private static double PointsIn(Dimension dimension, List<Contribution> contributions) =>
        contributions.Where(part => part.Term.Dimension == dimension.Name).Sum(part => part.Points);

    private static IEnumerable<CutOff> CutOffs(
        List<DimensionScore> dimensions,
        List<Contribution> contributions,
        double byTotal
    )
    {
        foreach (var (dimension, points, _) in dimensions.Where(of => of.Capped))
        {
            yield return new(LimitKind.Dimension, dimension.Name, points - PointsIn(dimension, contributions));
        }
        if (byTotal != 0)
        {
            yield return new(byTotal > 0 ? LimitKind.Floor : LimitKind.Ceiling, "", byTotal);
        }
    }

    /// <summary>
    /// (short - long) / (short + long) of the rates of points per day; see <see cref="CustomerScore.Momentum"/>. A steady rate r gives a
    /// decayed quantity of r x h / ln 2, so quantity / h compares the half-lives. Caps are left out: they hide movement. Lifetime terms
    /// cannot fall and have no say, nor have terms of other kinds than events; nor has what takes points away: it would rise by fading.
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
        var (shortFactor, longFactor) = (facts.Factor(1, readTime), facts.Factor(halfLives.Length, readTime));
        foreach (var (term, eventType, sum) in model.Terms)
        {
            if (sum > 0)
            {
                shortRate += Math.Max(0, term.Weight * facts.Quantity(eventType, term.Measure, 1, shortFactor));
                longRate += Math.Max(
                    0,
                    term.Weight * facts.Quantity(eventType, term.Measure, halfLives.Length, longFactor)
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
        if (model.Bands[band].UpperEnd is not { } end || model.Ceiling < model.Bands[band].NextFrom)
        {
            return null;
        }
        var missing = Math.Max(0, (end * model.TargetPoints / 100) - points);
        return new NextBand(model.Bands[band + 1].Name, end, missing, model.Bands[band].UpperEndIncluded);
    }
}
