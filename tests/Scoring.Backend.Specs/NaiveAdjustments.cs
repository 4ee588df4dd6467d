using Scoring.Core.Adjustments;
using Scoring.Core.Facts;
using Scoring.Core.Models;
using Scoring.Core.Time;

namespace Scoring.Backend.Specs;

/// <summary>All events and all adjustments that were put, from which scores are worked out anew each time.</summary>
internal sealed class NaiveAdjustments
{
    private readonly List<Sample> _events = [];
    private readonly Dictionary<(string Customer, string Model), ScoreAdjustment> _put = [];

    /// <summary>The models, by name.</summary>
    public Dictionary<string, ScoringModel> Models { get; } = [];

    public IEnumerable<string> Customers => _events.Select(e => e.Customer).Distinct();

    public void Record(params Sample[] events) => _events.AddRange(events);

    /// <summary>Puts an adjustment; false where there is no such customer or model.</summary>
    public bool Put(string customer, ScoreAdjustment adjustment)
    {
        if (!Customers.Contains(customer) || !Models.ContainsKey(adjustment.Model))
        {
            return false;
        }
        _put[(customer, adjustment.Model)] = adjustment;
        return true;
    }

    /// <summary>Removes an adjustment; false where there is none that holds.</summary>
    public bool Remove(string customer, string model, Instant now)
    {
        var held = Of(customer, model, now) is not null;
        _put.Remove((customer, model));
        return held;
    }

    public void Delete(string customer)
    {
        _events.RemoveAll(e => e.Customer == customer);
        foreach (var key in _put.Keys.Where(key => key.Customer == customer).ToList())
        {
            _put.Remove(key);
        }
    }

    /// <summary>The adjustment that holds; null for none.</summary>
    public ScoreAdjustment? Of(string customer, string model, Instant at) =>
        _put.GetValueOrDefault((customer, model)) is { } adjustment
        && (adjustment.ExpireTime is null || at < adjustment.ExpireTime)
            ? adjustment
            : null;

    /// <summary>All that hold, in the order in which they are listed.</summary>
    public IEnumerable<CustomerAdjustment> All(Instant at) =>
        _put.Where(put => Of(put.Key.Customer, put.Key.Model, at) is not null)
            .OrderBy(put => put.Key.Customer, StringComparer.Ordinal)
            .ThenBy(put => put.Key.Model, StringComparer.Ordinal)
            .Select(put => new CustomerAdjustment(put.Key.Customer, put.Value));

    /// <summary>The score of a customer: its terms, then the adjustment, then floor and ceiling.</summary>
    public double Score(string customer, ScoringModel model, Instant at)
    {
        var points = model.Terms.Cast<EventTerm>().Sum(term => term.Weight * Quantity(customer, term, at));
        var score = 100 * points / model.TargetPoints;
        score = Of(customer, model.Name, at) switch
        {
            null => score,
            { Kind: AdjustmentKind.Set } set => set.Score,
            var add => score + add.Score,
        };
        return Math.Min(
            model.Ceiling ?? double.PositiveInfinity,
            Math.Max(model.Floor ?? double.NegativeInfinity, score)
        );
    }

    private double Quantity(string customer, EventTerm term, Instant at) =>
        _events
            .Where(e => e.Customer == customer && e.Type == term.EventType)
            .Sum(e =>
                (term.Measure == Measure.Count ? 1 : e.Value)
                * (term.HalfLifeDays == 0 ? 1 : Math.Pow(0.5, (at - e.At!.Value).TotalDays / term.HalfLifeDays))
            );
}
