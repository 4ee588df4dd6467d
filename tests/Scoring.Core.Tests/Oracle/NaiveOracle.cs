using Scoring.Core.Adjustments;
using Scoring.Core.Facts;
using Scoring.Core.Lifecycles;
using Scoring.Core.Models;
using Scoring.Core.Time;

namespace Scoring.Core.Tests.Oracle;

/// <summary>Keeps every event and computes each figure from scratch, by the definition and with no regard for cost.</summary>
public sealed class NaiveOracle(
    IReadOnlyList<PastEvent> events,
    IReadOnlyCollection<string> passiveTypes,
    IReadOnlyDictionary<string, string>? plans = null,
    IReadOnlyList<CustomerAdjustment>? adjustments = null
)
{
    public IReadOnlyList<string> Customers => [.. events.Select(e => e.Customer).Distinct()];

    public int EventCount => events.Count;

    public Instant NewestEvent => events.Max(e => e.OccurredAt);

    public string AccountOf(string customer) =>
        events.Where(e => e.Customer == customer && e.Account.Length > 0).Reverse().MaxBy(e => e.OccurredAt)?.Account
        ?? "";

    public double Quantity(string customer, Term term, Instant readTime) =>
        term switch
        {
            EventTerm of => Of(customer, of.EventType)
                .Sum(e => Amount(e, of.Measure) * Decay(e, of.HalfLifeDays, readTime)),
            FeatureTerm { Measure: FeatureMeasure.Uses } of => UsesOf(customer)
                .Count(e => of.Features.Contains(e.Feature)),
            FeatureTerm of => UsesOf(customer)
                .Where(e => of.WindowDays == 0 || Day(readTime) - Day(e.OccurredAt) < of.WindowDays)
                .Select(e => e.Feature)
                .Distinct()
                .Count(of.Features.Contains),
            AttributeTerm { Key: "plan" } of when plans?.GetValueOrDefault(customer) is { } plan => of.Steps.Count > 0
                ? QuantityOf(of.Steps, double.TryParse(plan, out var number) ? number : double.NaN)
                : of.Values.Count(value => value == plan),
            AttributeTerm => 0,
            ActiveDaysTerm of => ActiveDays(customer).Count(day => Day(readTime) - day < of.WindowDays),
            RecencyTerm of when DaysOf(customer, of).Count == 0 => 0,
            RecencyTerm { HalfLifeDays: > 0 } of => Math.Pow(
                0.5,
                (readTime.Ticks / (double)TimeSpan.TicksPerDay - DaysOf(customer, of).Max()) / of.HalfLifeDays
            ),
            RecencyTerm of => QuantityOf(of.Steps, Day(readTime) - DaysOf(customer, of).Max()),
            _ => throw new ArgumentException($"What is {term}?", nameof(term)),
        };

    public double Points(string customer, ScoringModel model, Instant readTime) =>
        model.Terms.GroupBy(term => term.Dimension).Sum(of => Points(customer, of, CapOf(of.Key, model), readTime));

    public double Score(string customer, ScoringModel model, Instant readTime) =>
        Math.Max(
            model.Floor ?? double.NegativeInfinity,
            Math.Min(
                model.Ceiling ?? double.PositiveInfinity,
                Adjusted(customer, model.Name, 100 * Points(customer, model, readTime) / model.TargetPoints, readTime)
            )
        );

    public bool IsInGrace(string customer, ScoringModel model, Instant readTime) =>
        Day(readTime) - FirstDay(customer) < model.GraceDays;

    /// <summary>The adjustment of a customer that holds at an instant; null for none.</summary>
    public ScoreAdjustment? AdjustmentOf(string customer, string model, Instant readTime) =>
        adjustments
            ?.Where(of => of.CustomerId == customer && of.Adjustment.Model == model)
            .Select(of => of.Adjustment)
            .SingleOrDefault(of => of.ExpireTime is null || readTime < of.ExpireTime);

    /// <summary>What the score's rounding may be measured against: the sum of all that was added, each without its sign.</summary>
    public double Magnitude(string customer, ScoringModel model, Instant readTime) =>
        model.Terms.Sum(term =>
            Math.Abs(term.Weight)
            * (
                term is EventTerm of
                    ? Of(customer, of.EventType)
                        .Sum(e => Math.Abs(Amount(e, of.Measure)) * Decay(e, of.HalfLifeDays, readTime))
                    : Math.Abs(Quantity(customer, term, readTime))
            )
        );

    /// <summary>By the definition: churned, new, active, dormant, whichever applies first.</summary>
    public Lifecycle LifecycleOf(string customer, LifecycleSettings settings, Instant readTime)
    {
        var own = events.Where(e => e.Customer == customer).ToList();
        var ends = own.Where(e => settings.EndingEventTypes.Contains(e.Type)).ToList();
        var returns = own.Where(e => settings.ReturningEventTypes.Contains(e.Type)).ToList();
        if (ends.Exists(end => returns.TrueForAll(back => back.OccurredAt < end.OccurredAt)))
        {
            return Lifecycle.Churned;
        }
        var today = Day(readTime);
        return today - FirstDay(customer) < settings.NewDays ? Lifecycle.New
            : ActiveDays(customer).Any(day => today - day < settings.DormantDays) ? Lifecycle.Active
            : Lifecycle.Dormant;
    }

    public int FirstDay(string customer) => events.Where(e => e.Customer == customer).Min(e => Day(e.OccurredAt));

    /// <summary>By the definition, from what brings points.</summary>
    public double? Momentum(
        string customer,
        ScoringModel model,
        IReadOnlyList<int> halfLives,
        LifecycleSettings settings,
        Instant readTime
    )
    {
        var today = Day(readTime);
        var (brief, enduring) = (Rate(halfLives[0]), Rate(halfLives[^1]));
        return
            halfLives.Count < 2
            || brief + enduring == 0
            || !ActiveDays(customer).Any(day => today - day < settings.DormantDays)
            ? null
            : (brief - enduring) / (brief + enduring);

        double Rate(int halfLife) =>
            model
                .Terms.OfType<EventTerm>()
                .Where(term => term.HalfLifeDays > 0)
                .Select(term => term.Weight * Quantity(customer, term with { HalfLifeDays = halfLife }, readTime))
                .Where(points => points > 0)
                .Sum() / halfLife;
    }

    public ISet<int> ActiveDays(string customer) =>
        events
            .Where(e => e.Customer == customer && !passiveTypes.Contains(e.Type))
            .Select(e => Day(e.OccurredAt))
            .ToHashSet();

    public ISet<string> FeaturesUsed(string customer, int firstDay, int lastDay) =>
        UsesOf(customer)
            .Where(e => Day(e.OccurredAt) >= firstDay && Day(e.OccurredAt) <= lastDay)
            .Select(e => e.Feature)
            .ToHashSet();

    public static int Day(Instant instant) =>
        DateOnly.FromDateTime(instant.ToDateTimeOffset().UtcDateTime).DayNumber - new DateOnly(1970, 1, 1).DayNumber;

    private double Adjusted(string customer, string model, double score, Instant readTime) =>
        AdjustmentOf(customer, model, readTime) switch
        {
            null => score,
            { Kind: AdjustmentKind.Set } set => set.Score,
            var add => score + add.Score,
        };

    private double Points(string customer, IEnumerable<Term> terms, double? cap, Instant readTime) =>
        Capped(terms.Sum(term => term.Weight * Capped(Quantity(customer, term, readTime), term.Cap)), cap);

    private static double Capped(double value, double? cap) =>
        cap is { } most ? Math.Max(-most, Math.Min(most, value)) : value;

    private static double? CapOf(string? dimension, ScoringModel model) =>
        model.Dimensions.SingleOrDefault(of => of.Name == dimension)?.Cap;

    private static double QuantityOf(IReadOnlyList<Step> steps, double number) =>
        steps.Where(step => step.From <= number).Select(step => step.Quantity).LastOrDefault();

    private static double Amount(PastEvent e, Measure measure) => measure == Measure.Count ? 1 : e.Value;

    private static double Decay(PastEvent e, int halfLifeDays, Instant readTime) =>
        halfLifeDays == 0 ? 1 : Math.Pow(0.5, (readTime - e.OccurredAt).TotalDays / halfLifeDays);

    private ISet<int> DaysOf(string customer, RecencyTerm term) =>
        term.EventType is { } type
            ? Of(customer, type).Select(e => Day(e.OccurredAt)).ToHashSet()
            : ActiveDays(customer);

    private IEnumerable<PastEvent> UsesOf(string customer) =>
        events.Where(e => e.Customer == customer && e.Feature.Length > 0 && !passiveTypes.Contains(e.Type));

    private IEnumerable<PastEvent> Of(string customer, string type) =>
        events.Where(e => e.Customer == customer && e.Type == type);
}
