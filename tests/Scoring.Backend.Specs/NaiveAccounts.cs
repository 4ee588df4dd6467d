using Scoring.Core.Accounts;
using Scoring.Core.Recording;
using Scoring.Core.Time;
using Scoring.Core.Workspaces;

namespace Scoring.Backend.Specs;

/// <summary>What happened, one thing after the other, in lists; how an account fared is worked out anew from all of it.</summary>
/// <param name="settings">The workspace.</param>
internal sealed partial class NaiveAccounts(WorkspaceSettings settings)
{
    private readonly Dictionary<string, List<Thing>> _customers = [];
    private readonly Dictionary<string, List<(Instant At, AccountUpdate Update)>> _accounts = [];
    private readonly Dictionary<string, string> _survivors = [];

    /// <summary>The customers that were not merged into others.</summary>
    public IReadOnlyList<string> Customers => [.. _customers.Keys.Where(id => !_survivors.ContainsKey(id))];

    /// <summary>Whom a customer was merged into; itself when it was not.</summary>
    public string SurvivorOf(string customer) =>
        _survivors.TryGetValue(customer, out var survivor) ? SurvivorOf(survivor) : customer;

    public void Record(Sample sample, Instant at)
    {
        // Times of receipt of events are kept to the second, and rounded up.
        var seconds = (at.Ticks + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond;
        var received = new Instant(seconds * TimeSpan.TicksPerSecond);
        Of(SurvivorOf(sample.Customer)).Add(new Event(sample, sample.At ?? at, received, sample.Account));
    }

    public void Move(string customer, string account, Instant at) => Of(customer).Add(new Moved(account, at));

    public void Upsert(AccountUpdate update, Instant at)
    {
        _accounts.TryAdd(update.AccountId, []);
        _accounts[update.AccountId].Add((at, update));
    }

    public void Merge(string into, string merged, Instant at)
    {
        var state = StateOf(merged, at, null)!;
        Of(into).Add(new Adopted(state, at));
        Of(merged).Add(new Merged(at));
        _survivors.Add(merged, into);
    }

    public void Delete(string customer)
    {
        _customers.Remove(customer);
        foreach (var merged in _survivors.Keys.Where(merged => SurvivorOf(merged) == customer).ToList())
        {
            _customers.Remove(merged);
            _survivors.Remove(merged);
        }
    }

    /// <summary>The account's id is gone from everywhere; who belongs to it belongs to none.</summary>
    public void DeleteAccount(string account, Instant at)
    {
        var members = Customers.Where(id => StateOf(id, at, null)?.Account == account).ToList();
        _accounts.Remove(account);
        foreach (var things in _customers.Values)
        {
            for (var i = 0; i < things.Count; i++)
            {
                things[i] = things[i].Without(account);
            }
        }
        members.ForEach(id => Of(id).Add(new Left(at)));
    }

    /// <summary>How an account fared; null when nothing was known of it.</summary>
    public (AccountRecord? Account, Frequency Frequency, Breadth Breadth, Depth Depth, Growth Growth)? At(
        string account,
        int windowDays,
        Instant time,
        Instant? knownAt
    )
    {
        var everybody = _customers.Keys.Select(id => StateOf(id, time, knownAt)).OfType<State>().ToList();
        var members = everybody.Where(state => state.Account == account).ToList();
        var record = RecordOf(account, time, knownAt);
        if (members.Count == 0 && record is null)
        {
            return null;
        }
        var (first, last) = (time.UtcDay - windowDays + 1, time.UtcDay);
        long DaysOf(State state, int from, int to) => state.Days.Count(day => day >= from && day <= to);
        var active = members.Count(state => DaysOf(state, first, last) > 0);
        var days = members.Sum(state => DaysOf(state, first, last));
        var before = members.Sum(state => DaysOf(state, first - windowDays, first - 1));
        string[] key =
        [
            .. settings.KeyFeatures.Count > 0
                ? settings.KeyFeatures
                : everybody.SelectMany(state => state.Features.Keys).Distinct(),
        ];
        var used = key.Count(feature => members.Any(state => state.Features.GetValueOrDefault(feature) >= first));
        var history =
            members.Any(state => state.Days.Any(day => day < first)) ? AccountHistory.BeforePeriod
            : members.Any(state => state.Days.Count > 0) ? AccountHistory.SincePeriod
            : AccountHistory.Never;
        return (
            record,
            new(members.Count, active, days, windowDays),
            new(active, record?.Seats),
            new(members.Count, used, key.Length),
            new(days, before, history)
        );
    }

    /// <summary>How many customers there were whose account was something.</summary>
    public int Count(Func<AccountRecord?, bool> wasIt, Instant time, Instant? knownAt) =>
        _customers
            .Keys.Select(id => StateOf(id, time, knownAt))
            .OfType<State>()
            .Count(state => wasIt(RecordOf(state.Account, time, knownAt)));

    private AccountRecord? RecordOf(string account, Instant time, Instant? knownAt)
    {
        AccountRecord? record = null;
        foreach (var (at, update) in _accounts.GetValueOrDefault(account, []))
        {
            if (at <= time && !(at > knownAt))
            {
                record ??= new(account);
                record.Apply(update, 0);
            }
        }
        return record;
    }

    private List<Thing> Of(string customer)
    {
        _customers.TryAdd(customer, []);
        return _customers[customer];
    }

    /// <summary>What was known of a customer; null for nothing, and once it was merged into another one.</summary>
    private State? StateOf(string customer, Instant time, Instant? knownAt)
    {
        State? state = null;
        foreach (var thing in _customers[customer])
        {
            var since = thing is Event item ? item.OccurredAt : thing.At;
            if (since > time || thing.At > knownAt)
            {
                continue;
            }
            switch (thing)
            {
                case Merged:
                    return null;
                case Left:
                    state?.Leave();
                    break;
                case Moved moved:
                    (state ??= new()).Join(moved.Account, moved.At);
                    break;
                case Adopted adopted:
                    (state ??= new()).Adopt(adopted.State);
                    break;
                case Event happened:
                    (state ??= new()).Join(happened.Account, happened.OccurredAt);
                    if (!settings.PassiveEventTypes.Contains(happened.Sample.Type))
                    {
                        state.Use(happened.OccurredAt.UtcDay, happened.Sample.Feature);
                    }
                    break;
            }
        }
        return state;
    }

    /// <summary>What happened to a customer, in the order in which it was received.</summary>
    private abstract record Thing(Instant At)
    {
        public virtual Thing Without(string account) => this;
    }

    private sealed record Event(Sample Sample, Instant OccurredAt, Instant At, string Account) : Thing(At)
    {
        public override Thing Without(string account) => Account == account ? this with { Account = "" } : this;
    }

    private sealed record Moved(string Account, Instant At) : Thing(At)
    {
        public override Thing Without(string account) => Account == account ? this with { Account = "" } : this;
    }

    private sealed record Adopted(State State, Instant At) : Thing(At)
    {
        public override Thing Without(string account)
        {
            if (State.Account == account)
            {
                State.Leave();
            }
            return this;
        }
    }

    private sealed record Left(Instant At) : Thing(At);

    private sealed record Merged(Instant At) : Thing(At);

    private sealed class State
    {
        public string Account { get; private set; } = "";

        public HashSet<int> Days { get; } = [];

        /// <summary>The last day of use by feature.</summary>
        public Dictionary<string, int> Features { get; } = [];

        private Instant Since { get; set; }

        public void Join(string account, Instant at)
        {
            if (account.Length > 0 && (Account.Length == 0 || at >= Since))
            {
                (Account, Since) = (account, at);
            }
        }

        public void Leave() => Account = "";

        public void Use(int day, string feature)
        {
            Days.Add(day);
            if (feature.Length > 0)
            {
                Features[feature] = Math.Max(day, Features.GetValueOrDefault(feature));
            }
        }

        public void Adopt(State other)
        {
            if (Account.Length == 0)
            {
                (Account, Since) = (other.Account, other.Since);
            }
            Days.UnionWith(other.Days);
            foreach (var (feature, day) in other.Features)
            {
                Features[feature] = Math.Max(day, Features.GetValueOrDefault(feature));
            }
        }
    }
}
