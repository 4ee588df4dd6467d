using Scoring.Core.Customers;
using Scoring.Core.Lifecycles;
using Scoring.Core.Recording;
using Scoring.Core.Time;

namespace Scoring.Backend.Specs;

/// <summary>Customers as a list of all that happened to them, from which everything is worked out anew each time.</summary>
internal sealed class NaiveCustomers
{
    private static readonly int[] HalfLives = [7, 30];
    private readonly Dictionary<string, List<Happening>> _customers = [];
    private readonly Dictionary<string, string> _survivors = [];
    private readonly HashSet<Sample> _merged = [];

    /// <summary>Those of whom anything is known.</summary>
    public IEnumerable<string> Known => _customers.Keys;

    /// <summary>All events by type: number and sum of values.</summary>
    public IEnumerable<(string, double, double)> Totals =>
        _customers
            .Values.SelectMany(all => all.Select(one => one.Event).OfType<Sample>())
            .GroupBy(item => item.Type)
            .OrderBy(type => type.Key, StringComparer.Ordinal)
            .Select(type => (type.Key, (double)type.Count(), type.Sum(item => item.Value)));

    /// <summary>
    /// The events that can be voided: not those that had happened to customers before they were merged into others. Of survivors none with an account, which decides which account is taken
    /// over.
    /// </summary>
    public IEnumerable<Sample> Correctable =>
        _customers
            .Values.SelectMany(all => all.Select(one => one.Event).OfType<Sample>())
            .Where(e => !_merged.Contains(e) && (e.Account.Length == 0 || !MergedInto(RootOf(e.Customer)).Any()));

    /// <summary>How many customers belong to an account.</summary>
    public long MembersOf(string account) => _customers.Values.LongCount(all => AccountOf(all).Account == account);

    public void Record(params Sample[] events)
    {
        foreach (var item in events)
        {
            Of(item.Customer).Add(new(item.At!.Value, item, null));
        }
    }

    /// <summary>Has an event never have happened. Its customer stays known.</summary>
    public void Void(Instant now, Sample item)
    {
        var all = Of(item.Customer);
        all.RemoveAll(one => ReferenceEquals(one.Event, item));
        if (all.Count == 0)
        {
            all.Add(new(now, null, new CustomerUpdate(item.Customer, "", [])));
        }
    }

    public void Upsert(Instant now, params CustomerUpdate[] updates)
    {
        foreach (var update in updates)
        {
            Of(update.CustomerId).Add(new(now, null, update));
        }
    }

    /// <summary>Forgets all that happened to a customer; false when nothing had.</summary>
    public bool Delete(string customer)
    {
        var root = RootOf(customer);
        foreach (var id in MergedInto(root))
        {
            _survivors.Remove(id);
        }
        return _customers.Remove(root);
    }

    /// <summary>The customer that an id stands for.</summary>
    public string RootOf(string customer) => _survivors.GetValueOrDefault(customer, customer);

    /// <summary>The ids that stand for a customer beside its own.</summary>
    public IEnumerable<string> MergedInto(string customer) =>
        _survivors.Where(pair => pair.Value == customer).Select(pair => pair.Key).Order(StringComparer.Ordinal);

    /// <summary>Has all that happened to one customer have happened to another one. Its account and attributes are taken where the other has none.</summary>
    public void Merge(Instant now, string survivor, string customer)
    {
        var into = Of(survivor);
        var from = _customers[customer];
        _customers.Remove(customer);
        foreach (var id in MergedInto(customer).ToList())
        {
            _survivors[id] = survivor;
        }
        _survivors[customer] = survivor;
        var (account, attributes) = (AccountOf(into), AttributesOf(into).ToDictionary());
        KeyValuePair<string, string>[] lacking =
        [
            .. AttributesOf(from).Where(attribute => !attributes.ContainsKey(attribute.Key)),
        ];
        into.AddRange(
            from.Select(one =>
                account.Account.Length > 0 || one.Account.Length == 0
                    ? one with
                    {
                        Event = one.Event is null ? null : one.Event with { Account = "" },
                        Update = one.Update is null ? null : one.Update with { AccountId = "", Attributes = [] },
                    }
                    : one with
                    {
                        Update = one.Update is null ? null : one.Update with { Attributes = [] },
                    }
            )
        );
        into.Add(new(now, null, new CustomerUpdate(survivor, "", lacking)));
        _merged.UnionWith(
            into.Select(one => one.Event).OfType<Sample>().Where(e => from.Exists(one => one.Event?.Id == e.Id))
        );
    }

    /// <summary>Fails where what a host knows of a customer does not follow from what happened to it.</summary>
    public void AssertSame(string customer, CustomerDetails? known)
    {
        if (!_customers.TryGetValue(RootOf(customer), out var all))
        {
            Assert.Null(known);
            return;
        }
        Assert.NotNull(known);
        Sample[] events = [.. all.Select(one => one.Event).OfType<Sample>()];
        Assert.Equal(RootOf(customer), known.CustomerId);
        Assert.Equal(MergedInto(known.CustomerId), known.MergedIds);
        Assert.Equal(AccountOf(all), (known.AccountId, known.AccountSince));
        Assert.Equal(AttributesOf(all), known.Attributes);
        Assert.Equal(all.Min(one => one.At.UtcDay), known.FirstDay);
        Assert.Equal(events.Length == 0 ? null : events.Max(item => item.At), known.LastEvent);
        Assert.Equal(
            events.Select(item => item.At!.Value.UtcDay).Where(day => day > Newest(events) - 192).Distinct().Order(),
            known.ActiveDays
        );
        Assert.Equal(
            events
                .Where(item => item.Feature.Length > 0)
                .GroupBy(item => item.Feature)
                .Select(uses => new FeatureFacts(uses.Key, uses.Max(item => item.At!.Value.UtcDay), uses.Count()))
                .OrderBy(use => use.Feature, StringComparer.Ordinal),
            known.Features
        );
        AssertSameEvents(events, known);
        AssertSameLifecycle(all, events, known);
    }

    private static int Newest(Sample[] events) => events.Max(item => item.At!.Value.UtcDay);

    private static void AssertSameEvents(Sample[] events, CustomerDetails known)
    {
        var types = events.GroupBy(item => item.Type).OrderBy(type => type.Key, StringComparer.Ordinal).ToList();
        Assert.Equal(
            types.Select(type => (type.Key, type.LongCount(), type.Sum(item => item.Value), (int?)Newest([.. type]))),
            known.Events.Select(type => (type.EventType, type.Count, type.Value, type.LastDay))
        );
        foreach (var (type, told) in types.Zip(known.Events))
        {
            Assert.Equal(HalfLives, told.Decayed.Select(left => left.HalfLifeDays));
            foreach (var left in told.Decayed)
            {
                Assert.Equal(type.Sum(item => Weight(item, left)), left.Count, 1e-9);
                Assert.Equal(type.Sum(item => item.Value * Weight(item, left)), left.Value, 1e-9);
            }
        }

        double Weight(Sample item, DecayedFacts left) =>
            Math.Pow(0.5, (known.ReadTime - item.At!.Value) / TimeSpan.FromDays(left.HalfLifeDays));
    }

    private static void AssertSameLifecycle(List<Happening> all, Sample[] events, CustomerDetails known)
    {
        var settings = new LifecycleSettings();
        var turn = events
            .Where(item => IsEnd(item) || settings.ReturningEventTypes.Contains(item.Type))
            .OrderBy(item => item.At)
            .ThenBy(item => IsEnd(item) ? 0 : 1)
            .LastOrDefault();
        var today = known.ReadTime.UtcDay;
        Assert.Equal(turn is not null && IsEnd(turn) ? turn.At : null, known.EndedAt);
        Assert.Equal(turn is not null && !IsEnd(turn) ? turn.At : null, known.ReturnedAt);
        Assert.Equal(
            known.EndedAt is not null ? Lifecycle.Churned
                : all.Min(one => one.At.UtcDay) > today - settings.NewDays ? Lifecycle.New
                : events.Length > 0 && Newest(events) > today - settings.DormantDays ? Lifecycle.Active
                : Lifecycle.Dormant,
            known.Lifecycle
        );

        bool IsEnd(Sample item) => settings.EndingEventTypes.Contains(item.Type);
    }

    /// <summary>The newest assignment; of several at one instant the one that came last.</summary>
    private static (string Account, Instant? Since) AccountOf(List<Happening> all)
    {
        var assigned = all.Where(one => one.Account.Length > 0).OrderBy(one => one.At).LastOrDefault();
        return (assigned?.Account ?? "", assigned?.At);
    }

    private static IEnumerable<KeyValuePair<string, string>> AttributesOf(List<Happening> all)
    {
        var attributes = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in all.SelectMany(one => one.Update?.Attributes ?? []))
        {
            attributes[key] = value;
        }
        return attributes.Where(attribute => attribute.Value.Length > 0);
    }

    private List<Happening> Of(string id)
    {
        var customer = RootOf(id);
        if (!_customers.TryGetValue(customer, out var all))
        {
            _customers.Add(customer, all = []);
        }
        return all;
    }

    private sealed record Happening(Instant At, Sample? Event, CustomerUpdate? Update)
    {
        public string Account => Event?.Account ?? Update!.AccountId;
    }
}
