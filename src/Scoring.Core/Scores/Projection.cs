using Scoring.Core.Facts;
using Scoring.Core.Models;
using Scoring.Core.Time;

namespace Scoring.Core.Scores;

/// <summary>When a score falls into other bands if nothing happens.</summary>
/// <remarks>
/// From one <see cref="NextChange"/> to the next a score is a constant plus a sum of exponentials, whose places at the ends of bands are found between its turning points. So nothing
/// is stepped through, however far away a crossing is.
/// </remarks>
internal static class Projection
{
    /// <summary>The crossings, by time.</summary>
    /// <param name="model">The model.</param>
    /// <param name="schema">The schema of the facts.</param>
    /// <param name="customerAt">The customer as it is at an instant.</param>
    /// <param name="readTime">From when on; not before the customer's newest event.</param>
    /// <param name="until">Up to when.</param>
    /// <param name="most">How many crossings are wanted at the most.</param>
    public static IReadOnlyList<BandCrossing> Of(
        CompiledModel model,
        FactsSchema schema,
        CustomerAt customerAt,
        Instant readTime,
        Instant until,
        int most = int.MaxValue
    )
    {
        var crossings = new List<BandCrossing>();
        var scoring = model.Model;
        var now = customerAt(readTime);
        var score = scoring.Score(CustomerScorer.Points(model, schema, now, readTime), now.Adjustment);
        var band = scoring.BandOf(score);
        foreach (var piece in ScorePiece.Between(model, schema, customerAt, readTime, until))
        {
            foreach (var (time, entered) in BandsIn(piece, scoring))
            {
                if (entered != band && time < until && crossings.Count < most)
                {
                    band = entered;
                    crossings.Add(new(time, scoring.Bands[band].Name));
                }
            }
            if (crossings.Count == most)
            {
                break;
            }
        }
        return crossings;
    }

    /// <summary>Whether scores by a model certainly do not rise while nothing happens, but for adjustments: nothing takes points away, and no age brings more than a lower one.</summary>
    public static bool OnlyFalls(ScoringModel model) =>
        model.Terms.All(term =>
            term.Weight >= 0
            // A value may be below 0, and fades then.
            && term is not EventTerm { Measure: Measure.Value, HalfLifeDays: > 0 }
            && (
                term is not RecencyTerm { Steps: var steps }
                || steps
                    .Zip(steps.Skip(1), (one, next) => next.Quantity <= one.Quantity)
                    .Prepend(steps is not [{ From: > 0, Quantity: > 0 }, ..])
                    .All(falls => falls)
            )
        );

    /// <summary>From when on a score is in which band while it does not change but by decay.</summary>
    private static IEnumerable<(Instant From, int Band)> BandsIn(ScorePiece piece, ScoringModel model)
    {
        var last = (piece.End - piece.From).TotalDays;
        double[] places =
        [
            0,
            .. model
                .Bands.Select(band => band.NextFrom)
                .OfType<double>()
                .SelectMany(score => piece.Points.Crossings(model.PointsOf(score - (piece.Adjustment?.Score ?? 0))))
                .Where(days => days < last)
                .Order(),
            last,
        ];
        // Which side of an end the score is on is plain halfway to the next crossing.
        return places
            .Zip(places.Skip(1), (start, next) => (start, Middle: (start + next) / 2))
            .Select(part =>
                (
                    piece.From + TimeSpan.FromTicks((long)Math.Ceiling(part.start * TimeSpan.TicksPerDay)),
                    model.BandOf(piece.ScoreAt(model, part.Middle))
                )
            );
    }
}
