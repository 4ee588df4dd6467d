using Scoring.Core.Adjustments;
using Scoring.Core.Facts;
using Scoring.Core.Models;
using Scoring.Core.Time;

namespace Scoring.Core.Scores;

/// <summary>A stretch of time in which a score does not change but by decay, so that it is known in closed form.</summary>
/// <param name="From">When it begins.</param>
/// <param name="End">When it ends: not a part of it, but for the last one.</param>
/// <param name="Points">The points from its beginning on, before adjustment, floor and ceiling; none where an adjustment sets the score.</param>
/// <param name="Adjustment">The adjustment; null for none.</param>
internal sealed record ScorePiece(Instant From, Instant End, DecayCurve Points, ScoreAdjustment? Adjustment)
{
    /// <summary>Changes that lie closer together than this are one: two limits may meet, and rounding says when.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    /// <summary>The score so many days after the beginning.</summary>
    public double ScoreAt(ScoringModel model, double days) => model.Score(Points.At(days), Adjustment);

    /// <summary>The stretches from an instant to another if nothing happens, one from each <see cref="NextChange"/> to the next.</summary>
    /// <param name="model">The model.</param>
    /// <param name="schema">The schema of the facts.</param>
    /// <param name="customerAt">The customer.</param>
    /// <param name="readTime">From when on; not before the customer's newest event.</param>
    /// <param name="until">Up to when, itself included.</param>
    public static IEnumerable<ScorePiece> Between(
        CompiledModel model,
        FactsSchema schema,
        CustomerAt customerAt,
        Instant readTime,
        Instant until
    )
    {
        for (Instant? from = readTime; from <= until; )
        {
            var piece = BeginAt(model, schema, customerAt(from.Value), from.Value, out var next);
            yield return piece with
            {
                End = next <= until ? next.Value : until,
            };
            from = next is { } change ? Instant.Max(change, piece.From + Shortest) : null;
        }
    }

    private static ScorePiece BeginAt(
        CompiledModel model,
        FactsSchema schema,
        ScoredCustomer customer,
        Instant from,
        out Instant? next
    )
    {
        next = NextChange.After(model, schema, customer, from);
        var isSet = customer.Adjustment is { Kind: AdjustmentKind.Set };
        var points = isSet ? new DecayCurve(0, []) : NextChange.PointsFrom(model, schema, customer, from);
        return new(from, from, points, customer.Adjustment);
    }
}
