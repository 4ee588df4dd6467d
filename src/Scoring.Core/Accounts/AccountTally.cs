using System.Text.Json;
using System.Text.Json.Serialization;
using Scoring.Core.Facts;
using Scoring.Core.Lifecycles;
using Scoring.Core.Models;
using Scoring.Core.Segments;
using Scoring.Core.Time;
using Scoring.Core.Workspaces;

namespace Scoring.Core.Accounts;

/// <summary>What one population adds to the health of an account. Tallies of several populations are summed up together.</summary>
public sealed class AccountTally
{
    internal static readonly JsonSerializerOptions Sent = new() { IgnoreReadOnlyProperties = true };

    // Null where others are summed up, here or where the tally was sent from.
    private readonly ScoringModel? _model;
    private readonly int _firstDay;
    private readonly int _lastDay;
    private readonly HashSet<int> _featuresUsed = [];

    internal AccountTally(ScoringModel model, int windowDays, int today)
    {
        _model = model;
        (_firstDay, _lastDay) = (today - windowDays + 1, today);
        Bands = new long[model.Bands.Count];
    }

    [JsonConstructor]
    private AccountTally() { }

    /// <summary>The features that any of the customers used in the period; known once all of a population are there.</summary>
    internal IEnumerable<string> FeaturesUsed =>
        Features.Where(feature => feature.Value).Select(feature => feature.Key);

    /// <summary>All features that are known of.</summary>
    internal IReadOnlyList<string> FeatureNames => [.. Features.Keys];

    /// <summary>Change of their activity against the previous period.</summary>
    internal Growth Growth => new(DaysActive, PreviousDaysActive, History);

    /// <summary>Customers of the account that were tallied.</summary>
    [JsonInclude]
    public long Customers { get; private set; }

    /// <summary>Customers of the account that were left out.</summary>
    [JsonInclude]
    public long AheadCustomers { get; private set; }

    /// <summary>The newest event of those tallied; <see cref="Instant.MinValue"/> when there is none.</summary>
    [JsonInclude]
    public Instant NewestEvent { get; private set; } = Instant.MinValue;

    [JsonInclude]
    private long[] Bands { get; set; } = [];

    // By name, whether a customer used it in the period; known once all of a population are there.
    [JsonInclude]
    private Dictionary<string, bool> Features { get; set; } = [];

    [JsonInclude]
    private long ActiveCustomers { get; set; }

    [JsonInclude]
    private long DaysActive { get; set; }

    [JsonInclude]
    private long PreviousDaysActive { get; set; }

    [JsonInclude]
    private AccountHistory History { get; set; }

    /// <summary>Sums the tallies of all populations of a workspace up.</summary>
    /// <param name="tallies">A tally of every population, with or without customers: what features there are is theirs to know.</param>
    /// <param name="account">What is known of the account beside its customers; null when it was never upserted.</param>
    /// <param name="query">The query that they answer.</param>
    /// <param name="model">The model whose bands were counted.</param>
    /// <param name="settings">The workspace.</param>
    /// <param name="readTime">The instant that the tallies hold for.</param>
    public static AccountHealth Summarize(
        IReadOnlyList<AccountTally> tallies,
        AccountRecord? account,
        AccountHealthQuery query,
        ScoringModel model,
        WorkspaceSettings settings,
        Instant readTime
    )
    {
        var all = Merge(tallies);
        return new AccountHealth
        {
            AccountId = query.AccountId,
            Attributes = account?.Attributes ?? [],
            Customers = all.Customers,
            AheadCustomers = all.AheadCustomers,
            Frequency = all.FrequencyOver(query.WindowDays),
            Breadth = all.BreadthOf(account?.Seats),
            Depth = all.DepthOf(settings),
            Growth = all.Growth,
            Bands = BandCount.Of(all.Bands, model),
            WindowDays = query.WindowDays,
            ReadTime = readTime,
            ModelName = model.Name,
            ModelVersion = model.Version,
        };
    }

    /// <summary>Makes one tally of those of several populations, so that less is sent: it says of them together what they said one by one.</summary>
    /// <param name="tallies">At least one, by the same model.</param>
    public static AccountTally Merge(IReadOnlyList<AccountTally> tallies)
    {
        var merged = new AccountTally { Bands = new long[tallies[0].Bands.Length] };
        foreach (var tally in tallies)
        {
            merged.Take(tally);
        }
        return merged;
    }

    /// <summary>Notes features that were used by whomever in the workspace.</summary>
    public void AddFeatures(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            AddFeature(name, isUsed: false);
        }
    }

    /// <summary>The tally as it is sent.</summary>
    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, Sent);

    /// <summary>Reads a tally that was sent.</summary>
    /// <exception cref="JsonException">The bytes are not a tally.</exception>
    public static AccountTally Read(ReadOnlySpan<byte> sent) => JsonSerializer.Deserialize<AccountTally>(sent, Sent)!;

    /// <summary>How often the customers were in the product.</summary>
    internal Frequency FrequencyOver(int windowDays) => new(Customers, ActiveCustomers, DaysActive, windowDays);

    /// <summary>How many of some seats used the product.</summary>
    internal Breadth BreadthOf(int? seats) => new(ActiveCustomers, seats);

    internal void AddAhead() => AheadCustomers++;

    internal void Add(FactsView facts, LifecycleMarks marks, double score)
    {
        Bands[_model!.BandOf(score)]++;
        Add(facts, marks);
    }

    /// <summary>Adds a customer of whom nothing is known but that it belongs to the account.</summary>
    internal void AddUnknown() => Customers++;

    /// <summary>Adds a customer whose band is not counted.</summary>
    internal void Add(FactsView facts, LifecycleMarks marks)
    {
        Customers++;
        NewestEvent = Instant.Max(NewestEvent, facts.LastEvent);
        var active = facts.ActiveDays;
        var days = active.CountBetween(_firstDay, _lastDay);
        DaysActive += days;
        ActiveCustomers += days > 0 ? 1 : 0;
        var windowDays = _lastDay - _firstDay + 1;
        PreviousDaysActive += active.CountBetween(_firstDay - windowDays, _firstDay - 1);
        History = Later(History, HistoryOf(active, marks));
        foreach (var word in facts.Features)
        {
            var use = new FeatureUse(word);
            if (use.LastDay >= _firstDay)
            {
                _featuresUsed.Add(use.Feature);
            }
        }
    }

    /// <summary>Gives the features names, once all customers of a population are there.</summary>
    internal void TakeFeatures(SymbolTable features)
    {
        foreach (var name in features.Names)
        {
            AddFeature(name, _featuresUsed.Contains(features.Find(name)));
        }
    }

    /// <summary>As <see cref="TakeFeatures"/>, without the names of features that nobody of the account used.</summary>
    internal void TakeUsedFeatures(SymbolTable features)
    {
        foreach (var feature in _featuresUsed)
        {
            AddFeature(features[feature], isUsed: true);
        }
        // Another population has other numbers.
        _featuresUsed.Clear();
    }

    private void AddFeature(string name, bool isUsed) => Features[name] = isUsed || Features.GetValueOrDefault(name);

    private void Take(AccountTally other)
    {
        Customers += other.Customers;
        AheadCustomers += other.AheadCustomers;
        NewestEvent = Instant.Max(NewestEvent, other.NewestEvent);
        ActiveCustomers += other.ActiveCustomers;
        DaysActive += other.DaysActive;
        PreviousDaysActive += other.PreviousDaysActive;
        History = Later(History, other.History);
        for (var band = 0; band < Bands.Length; band++)
        {
            Bands[band] += other.Bands[band];
        }
        foreach (var (feature, isUsed) in other.Features)
        {
            AddFeature(feature, isUsed);
        }
    }

    private AccountHistory HistoryOf(ActiveDays active, LifecycleMarks marks)
    {
        if (active.IsEmpty)
        {
            return AccountHistory.Never;
        }
        var isForgotten = marks.FirstDay < active.Newest - ActiveDays.Span + 1;
        return isForgotten || active.AnyBetween(int.MinValue, _firstDay - 1)
            ? AccountHistory.BeforePeriod
            : AccountHistory.SincePeriod;
    }

    private static AccountHistory Later(AccountHistory one, AccountHistory other) => one > other ? one : other;

    private Depth DepthOf(WorkspaceSettings settings)
    {
        HashSet<string> key = [.. settings.KeyFeatures.Count > 0 ? settings.KeyFeatures : [.. Features.Keys]];
        return new Depth(Customers, key.Count(Features.GetValueOrDefault), key.Count);
    }
}
