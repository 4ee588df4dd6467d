using System.Buffers;
using Scoring.Core.Facts;
using Scoring.Core.Lifecycles;
using Scoring.Core.Models;
using Scoring.Core.Segments;
using Scoring.Core.Serialization;
using Scoring.Core.Time;
using Scoring.Core.Workspaces;

namespace Scoring.Core.Accounts;

/// <summary>What one population adds to the health of an account. Tallies of several populations are summed up together.</summary>
public sealed class AccountTally
{
    private const byte SentVersion = 2;
    private readonly ScoringModel _model;
    private readonly int _firstDay;
    private readonly int _lastDay;
    private readonly long[] _bands;
    private readonly HashSet<int> _featuresUsed = [];

    // By name, whether a customer used it in the period; known once all of a population are there.
    private readonly Dictionary<string, bool> _features = new(StringComparer.Ordinal);
    private long _activeCustomers;
    private long _activeDays;
    private long _previousActiveDays;
    private AccountHistory _history;

    internal AccountTally(ScoringModel model, int windowDays, int today)
    {
        _model = model;
        (_firstDay, _lastDay) = (today - windowDays + 1, today);
        _bands = new long[model.Bands.Count];
    }

    /// <summary>Customers of the account that were tallied.</summary>
    public long Customers { get; private set; }

    /// <summary>Customers of the account that were left out.</summary>
    public long AheadCustomers { get; private set; }

    /// <summary>The newest event of those tallied; <see cref="Instant.MinValue"/> when there is none.</summary>
    public Instant NewestEvent { get; private set; } = Instant.MinValue;

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
        var all = Merge(tallies, model);
        return new AccountHealth
        {
            AccountId = query.AccountId,
            Attributes = account?.Attributes ?? [],
            Customers = all.Customers,
            AheadCustomers = all.AheadCustomers,
            Frequency = new Frequency(all.Customers, all._activeCustomers, all._activeDays, query.WindowDays),
            Breadth = new Breadth(all._activeCustomers, account?.Seats),
            Depth = all.DepthOf(settings),
            Growth = new Growth(all._activeDays, all._previousActiveDays, all._history),
            Bands = BandCount.Of(all._bands, model),
            WindowDays = query.WindowDays,
            ReadTime = readTime,
            ModelName = model.Name,
            ModelVersion = model.Version,
        };
    }

    /// <summary>Makes one tally of those of several populations, so that less is sent: it says of them together what they said one by one.</summary>
    /// <param name="tallies">At least one.</param>
    /// <param name="model">The model whose bands were counted.</param>
    public static AccountTally Merge(IReadOnlyList<AccountTally> tallies, ScoringModel model)
    {
        var merged = new AccountTally(model, windowDays: 1, today: 0);
        foreach (var tally in tallies)
        {
            merged.Take(tally);
        }
        return merged;
    }

    /// <summary>Writes the tally as it is sent.</summary>
    public void Write(IBufferWriter<byte> target)
    {
        var writer = new RecordWriter(target);
        writer.Byte(SentVersion);
        writer.Int64(Customers);
        writer.Int64(AheadCustomers);
        writer.Int64(NewestEvent.Ticks);
        writer.Int64(_activeCustomers);
        writer.Int64(_activeDays);
        writer.Int64(_previousActiveDays);
        writer.Byte((byte)_history);
        writer.Count(_bands.Length);
        writer.Values(_bands);
        writer.Count(_features.Count);
        foreach (var (feature, isUsed) in _features)
        {
            writer.Text(feature);
            writer.Byte(isUsed ? (byte)1 : (byte)0);
        }
    }

    /// <summary>Reads a tally whose bands are those of a model.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a tally by this model.</exception>
    public static AccountTally Read(ReadOnlySpan<byte> sent, ScoringModel model)
    {
        var reader = new RecordReader(sent);
        if (reader.Byte() is var version and not SentVersion)
        {
            throw new InvalidDataException($"A tally was sent in version {version}; this program reads {SentVersion}.");
        }
        var tally = new AccountTally(model, windowDays: 1, today: 0)
        {
            Customers = reader.Int64(),
            AheadCustomers = reader.Int64(),
            NewestEvent = new Instant(reader.Int64()),
            _activeCustomers = reader.Int64(),
            _activeDays = reader.Int64(),
            _previousActiveDays = reader.Int64(),
            _history = (AccountHistory)reader.Byte(),
        };
        if (reader.Count() != tally._bands.Length)
        {
            throw new InvalidDataException("A tally has other bands than the model.");
        }
        reader.Values(tally._bands);
        for (var left = reader.Count(); left > 0; left--)
        {
            tally.AddFeature(reader.String(), reader.Byte() != 0);
        }
        return tally;
    }

    internal void AddAhead() => AheadCustomers++;

    internal void Add(FactsView facts, LifecycleMarks marks, double score)
    {
        Customers++;
        NewestEvent = Instant.Max(NewestEvent, facts.LastEvent);
        _bands[_model.BandOf(score)]++;
        var active = facts.ActiveDays;
        var days = active.CountBetween(_firstDay, _lastDay);
        _activeDays += days;
        _activeCustomers += days > 0 ? 1 : 0;
        var windowDays = _lastDay - _firstDay + 1;
        _previousActiveDays += active.CountBetween(_firstDay - windowDays, _firstDay - 1);
        _history = Later(_history, HistoryOf(active, marks));
        foreach (var word in facts.Features)
        {
            var (feature, lastDay) = FactsView.FeatureOf(word);
            if (lastDay >= _firstDay)
            {
                _featuresUsed.Add(feature);
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

    private void AddFeature(string name, bool isUsed) => _features[name] = isUsed || _features.GetValueOrDefault(name);

    private void Take(AccountTally other)
    {
        Customers += other.Customers;
        AheadCustomers += other.AheadCustomers;
        NewestEvent = Instant.Max(NewestEvent, other.NewestEvent);
        _activeCustomers += other._activeCustomers;
        _activeDays += other._activeDays;
        _previousActiveDays += other._previousActiveDays;
        _history = Later(_history, other._history);
        for (var band = 0; band < _bands.Length; band++)
        {
            _bands[band] += other._bands[band];
        }
        foreach (var (feature, isUsed) in other._features)
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
        HashSet<string> key = [.. settings.KeyFeatures.Count > 0 ? settings.KeyFeatures : [.. _features.Keys]];
        return new Depth(Customers, key.Count(_features.GetValueOrDefault), key.Count);
    }
}
