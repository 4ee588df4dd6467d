using System.Text;
using Scoring.Core.Adjustments;
using Scoring.Core.Customers;
using Scoring.Core.Facts;
using Scoring.Core.Lifecycles;
using Scoring.Core.Time;

namespace Scoring.Core.Populations;

/// <content>One customer or the members of one account, by themselves.</content>
public sealed partial class Population
{
    /// <summary>All that is known of a customer.</summary>
    /// <param name="row">The customer's row.</param>
    /// <param name="readTime">The instant; not before <see cref="NewestEventOf"/>, which is the host's to see to.</param>
    public CustomerDetails Describe(int row, Instant readTime)
    {
        var facts = _facts[row];
        var marks = _lifecycles[row];
        var account = _accounts.AccountOf(row);
        Instant? turn = marks.Turn == LifecycleMarks.NoTurn ? null : new Instant(marks.Turn >> 1);
        var details = new CustomerDetails
        {
            CustomerId = Encoding.UTF8.GetString(_ids[row]),
            AccountId = account,
            AccountSince = account.Length > 0 ? _accounts.AssignedAt(row) : null,
            Attributes = _attributes.Of(row),
            Lifecycle = marks.On(readTime.UtcDay, LifecycleMarks.NewestActiveDay(facts), _lifecycle),
            EndedAt = marks.IsChurned ? turn : null,
            ReturnedAt = marks.IsChurned ? null : turn,
            FirstDay = marks.FirstDay,
            LastEvent = facts.LastEvent == Instant.MinValue ? null : facts.LastEvent,
            Events = EventsOf(facts, readTime),
            Features = FeaturesOf(facts),
            ActiveDays = facts.ActiveDays.All,
            MergedIds = [.. MergedIdsOf(row).Order(StringComparer.Ordinal)],
            Adjustments = HoldingAt(_adjustments.Of(row), readTime),
            ReadTime = readTime,
        };
        GC.KeepAlive(this);
        return details;
    }

    /// <summary>Deletes a customer with all that is known of it. Nothing else changes its place: the row is the next new customer's.</summary>
    /// <param name="row">The customer's row, or that of an id that was merged into another customer.</param>
    /// <returns>The event types and features that it had; perhaps nobody else has.</returns>
    public NameRemoval Delete(int row)
    {
        var removal = IsIdOnly(row) ? new(new HashSet<int>(), new HashSet<int>(), [], []) : Clear(row);
        CancelMerge(row);
        _ids.Remove(row);
        GC.KeepAlive(this);
        return removal;
    }

    /// <summary>Deletes all that is known of a customer but its id.</summary>
    private NameRemoval Clear(int row)
    {
        var names = NamesOf(_facts[row]);
        var lastEvent = _facts.LastEventOf(row);
        _cohorts.TotalsOf(row).Subtract(_facts[row]);
        foreach (var (key, _) in _attributes.Of(row))
        {
            _attributes.Remove(row, key);
            NamesVersion++;
        }
        _accounts.Remove(row);
        _adjustments.Set(row, []);
        _lifecycles.Set(row, LifecycleMarks.None);
        _facts.Delete(row);
        _cohorts.Move(row, _attributes);
        _columns.NoteChange(row);
        _mergedIds.Remove(row);
        if (lastEvent == NewestEvent && lastEvent != Instant.MinValue)
        {
            NewestEvent = FindNewestEvent();
        }
        return names;
    }

    /// <summary>The event types and features in facts.</summary>
    private static NameRemoval NamesOf(FactsView facts)
    {
        var (types, features) = (new HashSet<int>(), new HashSet<int>());
        foreach (var series in facts.Series)
        {
            types.Add(series.EventType);
        }
        foreach (var word in facts.Features)
        {
            features.Add(new FeatureUse(word).Feature);
        }
        return new(types, features, [], []);
    }

    /// <summary>Puts or removes the adjustment of a customer for a model; those of the customer that have expired go with that.</summary>
    /// <param name="row">The customer's row.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="adjustment">The adjustment; null to remove the one there is.</param>
    /// <param name="receivedAt">When the change was received.</param>
    /// <returns>False, and nothing changed, where the customer has as many as it may, or none to be removed.</returns>
    public bool Adjust(int row, string model, ScoreAdjustment? adjustment, Instant receivedAt)
    {
        var held = HoldingAt(_adjustments.Of(row), receivedAt);
        List<ScoreAdjustment> left = [.. held.Where(other => other.Model != model)];
        if (adjustment is null ? left.Count == held.Count : left.Count >= Limits.Adjustments)
        {
            return false;
        }
        if (adjustment is not null)
        {
            left.Add(adjustment);
        }
        _adjustments.Set(row, [.. left.OrderBy(other => other.Model, StringComparer.Ordinal)]);
        return true;
    }

    /// <summary>The adjustments that there are, in no order.</summary>
    /// <param name="query">Which; how many is the caller's to see to.</param>
    /// <param name="now">Those that have expired by then are left out.</param>
    public IEnumerable<CustomerAdjustment> FindAdjustments(AdjustmentQuery query, Instant now) =>
        from row in _adjustments.All
        let id = Encoding.UTF8.GetString(_ids[row.Key])
        from adjustment in HoldingAt(row.Value, now)
        where query.Model.Length == 0 || adjustment.Model == query.Model
        let found = new CustomerAdjustment(id, adjustment)
        where string.CompareOrdinal(found.Place, query.After) > 0
        select found;

    /// <summary>The rows of the customers that belong to an account.</summary>
    public IReadOnlyList<int> MemberRowsOf(string accountId) => [.. _accounts.RowsOf(accountId)];

    /// <summary>Takes a customer out of its account.</summary>
    public void LeaveAccount(int row) => _accounts.Remove(row);

    /// <summary>How many customers belong to an account.</summary>
    public int MembersOf(string accountId) => _accounts.RowsOf(accountId).Length;

    private static IReadOnlyList<ScoreAdjustment> HoldingAt(IReadOnlyList<ScoreAdjustment> all, Instant instant) =>
        all.All(adjustment => adjustment.HoldsAt(instant)) ? all : [.. all.Where(of => of.HoldsAt(instant))];

    private Instant FindNewestEvent()
    {
        var newest = Instant.MinValue;
        for (var row = 0; row < Rows; row++)
        {
            newest = Instant.Max(newest, _facts.LastEventOf(row));
        }
        return newest;
    }

    private List<EventTypeFacts> EventsOf(FactsView facts, Instant readTime)
    {
        var events = new List<EventTypeFacts>();
        foreach (var series in facts.Series)
        {
            var decayed = new List<DecayedFacts>();
            for (var sum = 1; sum < _schema.SumsPerSeries; sum++)
            {
                decayed.Add(
                    new(
                        _schema.HalfLives[sum - 1].Days,
                        facts.Quantity(series.EventType, Measure.Count, sum, readTime),
                        facts.Quantity(series.EventType, Measure.Value, sum, readTime)
                    )
                );
            }
            var (count, value) = series.Total;
            var lastDay = facts.NewestDayOf(series.EventType);
            events.Add(new(_schema.EventTypes[series.EventType], count, value ?? count, decayed, lastDay));
        }
        events.Sort((one, other) => string.CompareOrdinal(one.EventType, other.EventType));
        return events;
    }

    private List<FeatureFacts> FeaturesOf(FactsView facts)
    {
        var features = new List<FeatureFacts>();
        foreach (var word in facts.Features)
        {
            var use = new FeatureUse(word);
            features.Add(new(_schema.Features[use.Feature], use.LastDay, use.Uses));
        }
        features.Sort((one, other) => string.CompareOrdinal(one.Feature, other.Feature));
        return features;
    }
}
