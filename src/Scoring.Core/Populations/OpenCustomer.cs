using System.Buffers;
using System.Text;
using Scoring.Core.Facts;
using Scoring.Core.Lifecycles;
using Scoring.Core.Models;
using Scoring.Core.Recording;
using Scoring.Core.Scores;
using Scoring.Core.Serialization;
using Scoring.Core.Time;
using Scoring.Core.Workspaces;

namespace Scoring.Core.Populations;

/// <summary>One customer at a time, out of its stored form: to be changed, scored and stored again.</summary>
/// <remarks>
/// For hosts that keep customers apart from each other. It is made once and opened often: what it learns of event types, features and models
/// serves the next customer of the workspace. Limits of the workspace are the host's to see to. Not thread safe.
/// </remarks>
/// <param name="settings">The workspace of all the customers that are opened.</param>
public sealed class OpenCustomer(WorkspaceSettings settings)
{
    private const int CachedModels = 16;
    private readonly FactsSchema _schema = new([.. settings.HalfLivesDays.Select(days => new HalfLife(days))]);
    private readonly HashSet<string> _passiveTypes = [.. settings.PassiveEventTypes];
    private readonly SortedDictionary<string, string> _attributes = new(StringComparer.Ordinal);
    private readonly List<(CompiledModel Model, int EventTypes)> _models = [];
    private ulong[] _words = new ulong[64];
    private byte[] _id = [];
    private byte[] _account = [];
    private Instant _assignedAt = Instant.MinValue;
    private LifecycleMarks _marks = LifecycleMarks.None;

    /// <summary>The newest event; <see cref="Instant.MinValue"/> when there is none.</summary>
    public Instant NewestEvent => Facts.LastEvent;

    private FactsView Facts => new(_words, _schema);

    /// <summary>Whether it is a customer's of this id, in UTF-8, that is open.</summary>
    public bool Is(ReadOnlySpan<byte> customerId) => customerId.SequenceEqual(_id);

    /// <summary>Opens a customer of whom nothing is known.</summary>
    public void OpenNew(string customerId)
    {
        _id = Encoding.UTF8.GetBytes(customerId);
        (_account, _assignedAt) = ([], Instant.MinValue);
        _marks = LifecycleMarks.None;
        _attributes.Clear();
        FactsView.Clear(_words.AsSpan(0, FactsView.HeaderWords));
    }

    /// <summary>Opens a customer from its stored form, that of <see cref="Population.Write"/>.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a customer of this workspace.</exception>
    public void Open(ReadOnlySpan<byte> stored)
    {
        var reader = new RecordReader(stored);
        _id = CustomerHeader.ReadId(ref reader).ToArray();
        _account = CustomerHeader.ReadAccount(ref reader, out _assignedAt).ToArray();
        _marks = CustomerHeader.ReadMarks(ref reader);
        _attributes.Clear();
        for (var left = reader.Count(); left > 0; left--)
        {
            _attributes[reader.String()] = reader.String();
        }
        FactsRecord.Read(_schema, ref reader, ref _words);
        if (!reader.AtEnd)
        {
            throw new InvalidDataException("A customer's record has bytes left over.");
        }
    }

    /// <summary>Adds an event of this customer. Whether it came before is the host's to know.</summary>
    /// <param name="item">The event; validated.</param>
    /// <param name="receivedAt">Stands for an absent time of occurrence.</param>
    public void Record(in EventRecord item, Instant receivedAt)
    {
        var type = _schema.EventTypes.Intern(item.Type);
        var active = _passiveTypes.Count == 0 || !_passiveTypes.Contains(_schema.EventTypes[type]);
        var feature = item.Feature.IsEmpty || !active ? -1 : _schema.Features.Intern(item.Feature);
        var occurredAt = item.OccurredAt ?? receivedAt;
        while (Facts.Record(type, item.Value, feature, occurredAt, active, out _) is var needed and > 0)
        {
            Array.Resize(ref _words, needed * 2);
        }
        var turn = LifecycleMarks.TurnOf(settings.Lifecycle.TurnOf(_schema.EventTypes[type]), occurredAt);
        _marks = _marks.With(occurredAt.UtcDay, turn);
        Assign(item.AccountId, occurredAt);
    }

    /// <summary>Changes account and attributes of this customer.</summary>
    /// <param name="update">The change; validated.</param>
    /// <param name="receivedAt">The time of the assignment to an account.</param>
    public void Upsert(CustomerUpdate update, Instant receivedAt)
    {
        _marks = _marks.With(receivedAt.UtcDay, LifecycleMarks.NoTurn);
        Assign(Encoding.UTF8.GetBytes(update.AccountId), receivedAt);
        foreach (var (key, value) in update.Attributes)
        {
            if (value.Length == 0)
            {
                _attributes.Remove(key);
            }
            else
            {
                _attributes[key] = value;
            }
        }
    }

    /// <summary>The score of this customer.</summary>
    /// <param name="model">The model.</param>
    /// <param name="readTime">The instant; not before <see cref="NewestEvent"/>, which is the host's to see to.</param>
    public CustomerScore Score(ScoringModel model, Instant readTime)
    {
        var customer = new CustomerIdentity(
            Encoding.UTF8.GetString(_id),
            Encoding.UTF8.GetString(_account),
            [.. _attributes]
        );
        return CustomerScorer.Score(Compile(model), _schema, Facts, customer, _marks, settings.Lifecycle, readTime);
    }

    /// <summary>Writes this customer in its stored form, that of <see cref="Population.Write"/>.</summary>
    public void Write(IBufferWriter<byte> target)
    {
        var writer = new RecordWriter(target);
        CustomerHeader.Write(_id, _account, _assignedAt, _marks, _attributes, ref writer);
        FactsRecord.Write(Facts, _schema, ref writer);
    }

    /// <summary>The newest assignment holds, as in <see cref="AccountIndex"/>.</summary>
    private void Assign(ReadOnlySpan<byte> account, Instant at)
    {
        if (account.IsEmpty || at < _assignedAt)
        {
            return;
        }
        _assignedAt = at;
        if (!account.SequenceEqual(_account))
        {
            _account = account.ToArray();
        }
    }

    private CompiledModel Compile(ScoringModel model)
    {
        var index = _models.FindIndex(m => ReferenceEquals(m.Model.Model, model));
        if (index >= 0 && _models[index].EventTypes == _schema.EventTypes.Count)
        {
            return _models[index].Model;
        }
        _models.RemoveAll(m => m.Model.Model.Name == model.Name);
        if (_models.Count == CachedModels)
        {
            _models.RemoveAt(0);
        }
        var compiled = new CompiledModel(model, _schema);
        _models.Add((compiled, _schema.EventTypes.Count));
        return compiled;
    }
}
