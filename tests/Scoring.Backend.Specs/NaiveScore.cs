using Scoring.Core.Adjustments;
using Scoring.Core.Facts;
using Scoring.Core.Models;
using Scoring.Core.Time;

namespace Scoring.Backend.Specs;

/// <summary>The score of a customer as a list of all that happened to it, worked out anew for each instant.</summary>
/// <param name="Model">The model.</param>
/// <param name="Events">The events, each with how often it happened.</param>
/// <param name="Plan">The attribute of that name.</param>
/// <param name="Adjustment">The adjustment; null for none.</param>
/// <param name="PassiveType">The event type that makes nobody active.</param>
internal sealed record NaiveScore(
    ScoringModel Model,
    IReadOnlyList<(Sample Event, int Times)> Events,
    string Plan,
    ScoreAdjustment? Adjustment,
    string PassiveType
)
{
    /// <summary>The score at an instant that is not before any event.</summary>
    public double At(Instant instant)
    {
        var points = Model
            .Terms.GroupBy(term => term.Dimension ?? "")
            .Sum(terms =>
                Limit(
                    terms.Sum(term => term.Weight * Limit(Quantity(term, instant), term.Cap)),
                    Model.Dimensions.FirstOrDefault(of => of.Name == terms.Key)?.Cap
                )
            );
        var score = 100 * points / Model.TargetPoints;
        score =
            Adjustment is not { } adjustment || adjustment.ExpireTime <= instant ? score
            : adjustment.Kind == AdjustmentKind.Set ? adjustment.Score
            : score + adjustment.Score;
        return Math.Max(
            Model.Floor ?? double.NegativeInfinity,
            Math.Min(Model.Ceiling ?? double.PositiveInfinity, score)
        );
    }

    /// <summary>The lowest score from an instant to another: every hour is looked at, both sides of everything that comes at once, and closer where it is lower than around.</summary>
    public double Lowest(Instant from, Instant until)
    {
        var instants = Instants(from, until);
        double[] scores = [.. instants.Select(At)];
        var lowest = scores.Min();
        for (var i = 1; i < scores.Length - 1; i++)
        {
            if (scores[i] <= scores[i - 1] && scores[i] <= scores[i + 1] && scores[i] < lowest + 1)
            {
                lowest = Math.Min(lowest, LowestBetween(instants[i - 1], instants[i + 1]));
            }
        }
        return lowest;
    }

    private Instant[] Instants(Instant from, Instant until)
    {
        var tick = TimeSpan.FromTicks(1);
        var hours = Enumerable.Range(0, (int)(until - from).TotalHours + 1).Select(i => from + TimeSpan.FromHours(i));
        var days = Enumerable
            .Range(from.UtcDay + 1, until.UtcDay - from.UtcDay)
            .Select(day => new Instant(day * TimeSpan.TicksPerDay));
        Instant[] jumps = Adjustment?.ExpireTime is { } expiry ? [.. days, expiry] : [.. days];
        return
        [
            .. hours
                .Concat(jumps)
                .Concat(jumps.Select(at => at - tick))
                .Append(until)
                .Where(at => at >= from && at <= until)
                .Distinct()
                .Order(),
        ];
    }

    private double LowestBetween(Instant from, Instant to)
    {
        while ((to - from).Ticks > 1_000)
        {
            var third = (to - from) / 3;
            (from, to) = At(from + third) < At(to - third) ? (from, to - third) : (from + third, to);
        }
        return Math.Min(At(from), At(to));
    }

    private double Quantity(Term term, Instant at) =>
        term switch
        {
            EventTerm of => Events
                .Where(e => e.Event.Type == of.EventType)
                .Sum(e =>
                    e.Times
                    * (of.Measure == Measure.Count ? 1 : e.Event.Value)
                    * (of.HalfLifeDays == 0 ? 1 : Halved(at - e.Event.At!.Value, of.HalfLifeDays))
                ),
            AttributeTerm of => of.Values.Contains(Plan) ? 1 : 0,
            ActiveDaysTerm of => DaysOf(null).Count(day => at.UtcDay - day < of.WindowDays),
            RecencyTerm of when DaysOf(of.EventType).DefaultIfEmpty(int.MinValue).Max() is var day => day
            == int.MinValue
                ? 0
            : of.HalfLifeDays > 0 ? Halved(at - new Instant(day * TimeSpan.TicksPerDay), of.HalfLifeDays)
            : of.Steps.LastOrDefault(step => step.From <= at.UtcDay - day).Quantity,
            _ => throw new ArgumentException($"What is {term}?", nameof(term)),
        };

    /// <summary>The days with an event of a type, or for none with one that makes active.</summary>
    private IEnumerable<int> DaysOf(string? type) =>
        Events
            .Where(e => type is null ? e.Event.Type != PassiveType : e.Event.Type == type)
            .Select(e => e.Event.At!.Value.UtcDay)
            .Distinct();

    private static double Halved(TimeSpan age, int halfLifeDays) => Math.Pow(0.5, age.TotalDays / halfLifeDays);

    private static double Limit(double value, double? cap) =>
        cap is { } most ? Math.Max(-most, Math.Min(most, value)) : value;
}
