using Scoring.Core.Facts;
using Scoring.Core.Lifecycles;
using Scoring.Core.Models;
using Scoring.Core.Time;

namespace Scoring.Core.Tests.Oracle;

/// <summary>Keeps every event and computes each figure from scratch, by the definition and with no regard for cost.</summary>
public sealed class NaiveOracle(IReadOnlyList<PastEvent> events, IReadOnlyCollection<string> passiveTypes)
{
    public IReadOnlyList<string> Customers => [.. events.Select(e => e.Customer).Distinct()];

    public Instant NewestEvent => events.Max(e => e.OccurredAt);

    public string AccountOf(string customer) =>
        events.Where(e => e.Customer == customer && e.Account.Length > 0).Reverse().MaxBy(e => e.OccurredAt)?.Account
        ?? "";

    public double Quantity(string customer, Term term, Instant readTime) =>
        Of(customer, term.EventType).Sum(e => Amount(e, term.Measure) * Decay(e, term.HalfLifeDays, readTime));

    public double Points(string customer, ScoringModel model, Instant readTime) =>
        model.Terms.Sum(term =>
            term.Weight
            * (
                term.Cap is { } cap
                    ? Math.Max(-cap, Math.Min(cap, Quantity(customer, term, readTime)))
                    : Quantity(customer, term, readTime)
            )
        );

    public double Score(string customer, ScoringModel model, Instant readTime) =>
        100 * Points(customer, model, readTime) / model.TargetPoints;

    /// <summary>What the score's rounding may be measured against: the sum of all that was added, each without its sign.</summary>
    public double Magnitude(string customer, ScoringModel model, Instant readTime) =>
        model.Terms.Sum(term =>
            Math.Abs(term.Weight)
            * Of(customer, term.EventType)
                .Sum(e => Math.Abs(Amount(e, term.Measure)) * Decay(e, term.HalfLifeDays, readTime))
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
                .Terms.Where(term => term.HalfLifeDays > 0)
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
        events
            .Where(e => e.Customer == customer && e.Feature.Length > 0 && !passiveTypes.Contains(e.Type))
            .Where(e => Day(e.OccurredAt) >= firstDay && Day(e.OccurredAt) <= lastDay)
            .Select(e => e.Feature)
            .ToHashSet();

    public static int Day(Instant instant) =>
        DateOnly.FromDateTime(instant.ToDateTimeOffset().UtcDateTime).DayNumber - new DateOnly(1970, 1, 1).DayNumber;

    private static double Amount(PastEvent e, Measure measure) => measure == Measure.Count ? 1 : e.Value;

    private static double Decay(PastEvent e, int halfLifeDays, Instant readTime) =>
        halfLifeDays == 0 ? 1 : Math.Pow(0.5, (readTime - e.OccurredAt).TotalDays / halfLifeDays);

    private IEnumerable<PastEvent> Of(string customer, string type) =>
        events.Where(e => e.Customer == customer && e.Type == type);
}
