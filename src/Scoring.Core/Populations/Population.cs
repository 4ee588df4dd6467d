using System.Buffers;
using System.Diagnostics;
using System.Text;
using Scoring.Core.Accounts;
using Scoring.Core.Facts;
using Scoring.Core.Models;
using Scoring.Core.Recording;
using Scoring.Core.Scores;
using Scoring.Core.Segments;
using Scoring.Core.Serialization;
using Scoring.Core.Time;
using Scoring.Core.Workspaces;

namespace Scoring.Core.Populations;

/// <summary>Many customers of one workspace: their facts, and the columns that answer for many of them at once.</summary>
/// <remarks>
/// <para>
/// Customers stand in rows 0 to <see cref="Count"/> - 1, which are only ever added and never move. Writing touches one row; reading
/// many rows scans columns that are kept per model, so segment figures equal what scoring each member gives, to the bit. A host may
/// keep several populations and merge their partial answers.
/// </para>
/// <para>Writes are deterministic: the same writes in the same order give the same state. Not thread safe.</para>
/// </remarks>
public sealed class Population
{
    private const byte RecordVersion = 1;
    private const int CachedModels = 16;

    private readonly FactsSchema _schema;
    private readonly HashSet<string> _passiveNames;
    private readonly List<bool> _passive = [];
    private readonly SortedSet<string> _recordedTypes = new(StringComparer.Ordinal);
    private readonly List<bool> _recorded = [];
    private readonly Dictionary<byte[], int> _rows = new(Utf8Comparer.Instance);
    private readonly Dictionary<byte[], int>.AlternateLookup<ReadOnlySpan<byte>> _rowsByUtf8;
    private readonly List<byte[]> _ids = [];
    private readonly List<CustomerFacts> _facts = [];
    private readonly AttributeTable _attributes = new();
    private readonly AccountIndex _accounts = new();
    private readonly List<ModelColumns> _models = [];
    private readonly List<int> _unsettled = [];
    private readonly List<bool> _isUnsettled = [];

    /// <summary>An empty population.</summary>
    public Population(WorkspaceSettings settings)
    {
        _schema = new FactsSchema([.. settings.HalfLivesDays.Select(days => new HalfLife(days))]);
        _passiveNames = [.. settings.PassiveEventTypes];
        _rowsByUtf8 = _rows.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <summary>Number of customers.</summary>
    public int Count => _ids.Count;

    /// <summary>The newest event of all; <see cref="Instant.MinValue"/> when there is none.</summary>
    public Instant NewestEvent { get; private set; } = Instant.MinValue;

    /// <summary>The event types that were recorded, by name (ordinal).</summary>
    public IReadOnlyList<string> EventTypes => [.. _recordedTypes];

    /// <summary>The row of a customer; -1 when nothing is known of it.</summary>
    public int Find(string customerId) =>
        _rowsByUtf8.TryGetValue(Encoding.UTF8.GetBytes(customerId), out var row) ? row : -1;

    /// <summary>The newest event of a customer; <see cref="Instant.MinValue"/> when there is none.</summary>
    public Instant NewestEventOf(int row) => _facts[row].LastEvent;

    /// <summary>What <see cref="Record"/> would answer, without recording anything.</summary>
    public RecordOutcome Check(in EventRecord item) => Check(item, out _, out _);

    /// <summary>Adds an event, and its customer if it is new. Whether it came before is the host's to know.</summary>
    /// <param name="item">The event; validated.</param>
    /// <param name="receivedAt">Stands for an absent time of occurrence.</param>
    /// <param name="row">The customer's row; -1 when the event was not counted.</param>
    /// <returns>
    /// <see cref="RecordOutcome.Accepted"/>, <see cref="RecordOutcome.TooManyEventTypes"/> or <see cref="RecordOutcome.TooManyFeatures"/>.
    /// </returns>
    public RecordOutcome Record(in EventRecord item, Instant receivedAt, out int row)
    {
        row = -1;
        if (Check(item, out var type, out var feature) is var outcome and not RecordOutcome.Accepted)
        {
            return outcome;
        }
        if (feature < 0 && !item.Feature.IsEmpty)
        {
            feature = _schema.Features.Intern(item.Feature);
        }
        if (!IsRecorded(type))
        {
            type = _schema.EventTypes.Intern(item.Type);
            MarkRecorded(type);
        }
        row = RowOf(item.CustomerId);
        var occurredAt = item.OccurredAt ?? receivedAt;
        _facts[row].Record(_schema, type, item.Value, feature, occurredAt, active: !_passive[type]);
        if (!item.AccountId.IsEmpty)
        {
            _accounts.Assign(row, item.AccountId);
        }
        Touch(row);
        return RecordOutcome.Accepted;
    }

    /// <summary>Adds a customer or changes its account and attributes.</summary>
    /// <param name="update">The change; validated.</param>
    /// <param name="index">Place of the update in its batch.</param>
    /// <param name="row">The customer's row; -1 when the update was not taken.</param>
    /// <returns>Null when the update was taken; otherwise why not.</returns>
    public Rejection? Upsert(CustomerUpdate update, int index, out int row)
    {
        row = -1;
        if (!_attributes.HasRoomFor(update.Attributes.Where(a => a.Value.Length > 0).Select(a => a.Key)))
        {
            var message =
                $"A workspace has at most {Limits.Attributes} attribute keys and this customer brings more; reuse keys.";
            return new Rejection(index, RejectionReason.LimitExceeded, "attributes", message);
        }
        row = RowOf(Encoding.UTF8.GetBytes(update.CustomerId));
        if (update.AccountId.Length > 0)
        {
            _accounts.Assign(row, Encoding.UTF8.GetBytes(update.AccountId));
        }
        foreach (var (key, value) in update.Attributes)
        {
            _attributes.Set(row, key, value);
        }
        return null;
    }

    /// <summary>Brings the columns up to date. Reads do so themselves; a host that does it after each batch keeps them fast.</summary>
    public void Settle()
    {
        foreach (var columns in _models)
        {
            if (columns.IsAt(NewestEvent))
            {
                foreach (var row in _unsettled)
                {
                    columns.Refresh(row, _facts[row]);
                }
            }
            else
            {
                columns.Rebuild(_facts, NewestEvent);
            }
        }
        foreach (var row in _unsettled)
        {
            _isUnsettled[row] = false;
        }
        _unsettled.Clear();
    }

    /// <summary>The score of a customer.</summary>
    /// <param name="row">The customer's row.</param>
    /// <param name="model">The model.</param>
    /// <param name="readTime">The instant; not before <see cref="NewestEventOf"/>, which is the host's to see to.</param>
    public CustomerScore Score(int row, ScoringModel model, Instant readTime) =>
        CustomerScorer.Score(
            ColumnsOf(model).Model,
            _schema,
            _facts[row],
            new CustomerIdentity(Encoding.UTF8.GetString(_ids[row]), _accounts.AccountOf(row), _attributes.Of(row)),
            readTime
        );

    /// <summary>What this population adds to the statistics of a segment.</summary>
    /// <param name="query">The query; its read time is not looked at.</param>
    /// <param name="model">The model.</param>
    /// <param name="readTime">The instant; that it is not before the tally's newest event is the host's to see to.</param>
    public SegmentTally Tally(SegmentQuery query, ScoringModel model, Instant readTime)
    {
        var columns = SettledColumnsOf(model);
        var tally = new SegmentTally(query);
        if (_attributes.Compile(query.Filter.Clauses) is not { } tests)
        {
            return tally;
        }
        var factors = columns.FactorsAt(readTime);
        var today = readTime.UtcDay;
        for (var row = 0; row < Count; row++)
        {
            if (!Passes(tests, row))
            {
                continue;
            }
            var facts = _facts[row];
            var score = model.Score(Points(row, columns, factors, readTime));
            tally.Add(score, facts, today);
            if (tally.WouldRank(score))
            {
                tally.Rank(new RankedCustomer(Encoding.UTF8.GetString(_ids[row]), _accounts.AccountOf(row), score));
            }
            if (query.EventTotals)
            {
                tally.AddTotals(facts, _schema);
            }
        }
        return tally;
    }

    /// <summary>What this population adds to the health of an account; a tally of no customers when none belongs to it.</summary>
    /// <param name="accountId">The account.</param>
    /// <param name="model">The model whose bands are counted.</param>
    /// <param name="windowDays">Length of the period in days.</param>
    /// <param name="readTime">The instant; that it is not before the tally's newest event is the host's to see to.</param>
    public AccountTally TallyAccount(string accountId, ScoringModel model, int windowDays, Instant readTime)
    {
        var columns = SettledColumnsOf(model);
        var factors = columns.FactorsAt(readTime);
        var tally = new AccountTally(model, _schema.Features, windowDays, readTime.UtcDay);
        foreach (var row in _accounts.RowsOf(accountId))
        {
            tally.Add(_facts[row], model.Score(Points(row, columns, factors, readTime)));
        }
        return tally;
    }

    /// <summary>Writes a customer in its stored form: versioned, complete in itself, the same for every host.</summary>
    public void Write(int row, IBufferWriter<byte> target)
    {
        var writer = new RecordWriter(target);
        writer.Byte(RecordVersion);
        writer.Text(_ids[row]);
        writer.Text(_accounts.AccountOf(row));
        var attributes = _attributes.Of(row);
        writer.Count(attributes.Count);
        foreach (var (key, value) in attributes)
        {
            writer.Text(key);
            writer.Text(value);
        }
        _facts[row].Write(_schema, ref writer);
    }

    /// <summary>Adds a customer from its stored form.</summary>
    /// <returns>Its row.</returns>
    /// <exception cref="InvalidDataException">The bytes are not a customer of this workspace, or the customer is there already.</exception>
    public int Load(ReadOnlySpan<byte> encoded)
    {
        var reader = new RecordReader(encoded);
        if (reader.Byte() is var version and not RecordVersion)
        {
            throw new InvalidDataException(
                $"A customer is stored in version {version}; this program reads version {RecordVersion}."
            );
        }
        var id = reader.Text();
        if (id.IsEmpty || _rowsByUtf8.ContainsKey(id))
        {
            throw new InvalidDataException("A customer is stored twice or without an id.");
        }
        var row = RowOf(id);
        if (reader.Text() is { IsEmpty: false } account)
        {
            _accounts.Assign(row, account);
        }
        for (var left = reader.Count(); left > 0; left--)
        {
            _attributes.Set(row, reader.String(), reader.String());
        }
        _facts[row] = CustomerFacts.Read(_schema, ref reader);
        if (!reader.AtEnd)
        {
            throw new InvalidDataException("A customer's record has bytes left over.");
        }
        var series = _facts[row].Series(_schema);
        while (series.MoveNext())
        {
            MarkRecorded(series.EventType);
        }
        Touch(row);
        return row;
    }

    private static bool Passes(AttributeTable.RowTest[] tests, int row)
    {
        foreach (var test in tests)
        {
            if (!test.Passes(row))
            {
                return false;
            }
        }
        return true;
    }

    private double Points(int row, ModelColumns columns, double[]? factors, Instant readTime) =>
        factors is not null
            ? columns.Points(row, factors)
            : CustomerScorer.Points(columns.Model, _schema, _facts[row], readTime);

    private ModelColumns SettledColumnsOf(ScoringModel model)
    {
        var columns = ColumnsOf(model);
        Settle();
        return columns;
    }

    /// <summary>The columns of a model, built now if it is new; the least recently used ones make room.</summary>
    private ModelColumns ColumnsOf(ScoringModel model)
    {
        var index = _models.FindIndex(m => ReferenceEquals(m.Model.Model, model));
        ModelColumns columns;
        if (index >= 0)
        {
            columns = _models[index];
            _models.RemoveAt(index);
        }
        else
        {
            _models.RemoveAll(m => m.Model.Model.Name == model.Name);
            if (_models.Count == CachedModels)
            {
                _models.RemoveAt(0);
            }
            columns = new ModelColumns(new CompiledModel(model, _schema), _schema);
            columns.Rebuild(_facts, NewestEvent);
        }
        _models.Add(columns);
        return columns;
    }

    private int RowOf(ReadOnlySpan<byte> customerId)
    {
        if (!_rowsByUtf8.TryGetValue(customerId, out var row))
        {
            row = _ids.Count;
            var id = customerId.ToArray();
            _rows.Add(id, row);
            _ids.Add(id);
            _facts.Add(new CustomerFacts());
            _accounts.AddRow();
            _isUnsettled.Add(false);
            Touch(row);
        }
        return row;
    }

    private void Touch(int row)
    {
        NewestEvent = Instant.Max(NewestEvent, _facts[row].LastEvent);
        if (!_isUnsettled[row])
        {
            _isUnsettled[row] = true;
            _unsettled.Add(row);
        }
    }

    /// <summary>Whether an event can be counted, and the numbers of its type and feature; -1 for those that have none yet.</summary>
    private RecordOutcome Check(in EventRecord item, out int type, out int feature)
    {
        type = _schema.EventTypes.Find(item.Type);
        feature = item.Feature.IsEmpty ? -1 : _schema.Features.Find(item.Feature);
        if (!IsRecorded(type) && _recordedTypes.Count >= Limits.EventTypes)
        {
            return RecordOutcome.TooManyEventTypes;
        }
        var isNewFeature = feature < 0 && !item.Feature.IsEmpty;
        return isNewFeature && _schema.Features.Count >= Limits.Features
            ? RecordOutcome.TooManyFeatures
            : RecordOutcome.Accepted;
    }

    private bool IsRecorded(int type) => type >= 0 && type < _recorded.Count && _recorded[type];

    private void MarkRecorded(int type)
    {
        while (_recorded.Count <= type)
        {
            _passive.Add(_passiveNames.Contains(_schema.EventTypes[_recorded.Count]));
            _recorded.Add(false);
        }
        if (!_recorded[type])
        {
            Debug.Assert(_recordedTypes.Count < Limits.EventTypes, "the limit is checked before");
            _recorded[type] = true;
            _recordedTypes.Add(_schema.EventTypes[type]);
        }
    }
}
