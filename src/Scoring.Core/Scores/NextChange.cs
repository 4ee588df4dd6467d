using Scoring.Core.Adjustments;
using Scoring.Core.Facts;
using Scoring.Core.Time;

namespace Scoring.Core.Scores;

/// <summary>
/// When a score changes next other than by decay, if nothing happens: a day goes by that matters to a term, a cap, the floor or the ceiling sets in or lets
/// go, or an adjustment expires. Until then it is a constant plus a sum of exponentials.
/// </summary>
internal static class NextChange
{
    /// <summary>The instant; null when there is none.</summary>
    /// <param name="model">The model.</param>
    /// <param name="schema">The schema of the facts.</param>
    /// <param name="customer">The customer.</param>
    /// <param name="readTime">From when on; not before the customer's newest event.</param>
    public static Instant? After(CompiledModel model, FactsSchema schema, ScoredCustomer customer, Instant readTime)
    {
        var next = customer.Adjustment?.ExpireTime;
        if (customer.Adjustment is { Kind: AdjustmentKind.Set })
        {
            return next;
        }
        var lastDay = StandingTerm.Always;
        foreach (var term in model.StandingTerms)
        {
            term.Quantity(customer, readTime.UtcDay, out var last);
            lastDay = Math.Min(lastDay, last);
        }
        if (lastDay != StandingTerm.Always)
        {
            next = Earlier(next, new Instant((lastDay + 1L) * TimeSpan.TicksPerDay));
        }
        foreach (var days in DaysToLimits(model, schema, customer, readTime))
        {
            var ticks = Math.Ceiling(days * TimeSpan.TicksPerDay);
            if (ticks < DateTime.MaxValue.Ticks && new Instant(readTime.Ticks + (long)ticks) is var at)
            {
                next = Earlier(next, at);
            }
        }
        return next;
    }

    private static Instant Earlier(Instant? one, Instant other) => one is { } at && at < other ? at : other;

    private static List<double> DaysToLimits(
        CompiledModel model,
        FactsSchema schema,
        ScoredCustomer customer,
        Instant readTime
    )
    {
        var days = new List<double>();
        foreach (var (term, eventType, sum) in model.Terms)
        {
            if (sum > 0 && term.Cap is { } cap)
            {
                var quantity = customer.Facts.Quantity(eventType, term.Measure, sum, readTime);
                if (term.Caps(quantity))
                {
                    days.Add(term.HalfLifeDays * Math.Log2(Math.Abs(quantity) / cap));
                }
            }
        }
        var (common, dimensions) = CurvesFrom(model, schema, customer, readTime);
        foreach (var (dimension, curve) in dimensions)
        {
            days.AddRange(curve.Crossings(dimension.Cap).Concat(curve.Crossings(-dimension.Cap)));
        }
        var total = Sum(common, dimensions);
        foreach (var limit in new[] { model.Model.Floor, model.Model.Ceiling }.OfType<double>())
        {
            var ofTerms = limit - (customer.Adjustment?.Score ?? 0);
            days.AddRange(total.Crossings(model.Model.PointsOf(ofTerms)));
        }
        return days;
    }

    /// <summary>How the points of a customer go on up to the next change, before adjustment, floor and ceiling.</summary>
    public static DecayCurve PointsFrom(
        CompiledModel model,
        FactsSchema schema,
        ScoredCustomer customer,
        Instant readTime
    )
    {
        var (common, dimensions) = CurvesFrom(model, schema, customer, readTime);
        return Sum(common, dimensions);
    }

    private static (DecayCurve Common, IReadOnlyList<(LimitedDimension, DecayCurve)> Dimensions) CurvesFrom(
        CompiledModel model,
        FactsSchema schema,
        ScoredCustomer customer,
        Instant readTime
    )
    {
        Span<double> factors = stackalloc double[schema.SumsPerSeries];
        customer.Facts.SetFactors(readTime, factors);
        return model.CurvesAt(customer, factors, readTime);
    }

    /// <summary>The sum of all curves, that of a dimension which is limited being a constant.</summary>
    private static DecayCurve Sum(
        DecayCurve common,
        IEnumerable<(LimitedDimension Dimension, DecayCurve Curve)> dimensions
    )
    {
        var all = new List<DecayCurve> { common };
        foreach (var (dimension, curve) in dimensions)
        {
            var points = curve.At(0);
            all.Add(Math.Abs(points) > dimension.Cap ? new(dimension.Limit(points), []) : curve);
        }
        return DecayCurve.Sum(all);
    }
}
