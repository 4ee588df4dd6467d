using System.Buffers;
using System.Text;
using Scoring.Core.Facts;
using Scoring.Core.Lifecycles;
using Scoring.Core.Memory;
using Scoring.Core.Names;
using Scoring.Core.Recording;
using Scoring.Core.Serialization;
using Scoring.Core.Time;
using Scoring.Core.Workspaces;

namespace Scoring.Core.Populations;

/// <summary>Many customers of one workspace: their facts, and the columns that answer for many of them at once.</summary>
/// <remarks>
/// <para>
/// Customers stand in rows below <see cref="Rows"/> and never move; the row of one that is deleted is the next new one's. Writing touches one row; reading
/// many rows scans columns that are kept per model, so segment figures equal what scoring each member gives, to the bit. A host may
/// keep several populations and merge their partial answers.
/// </para>
/// <para>Writes are deterministic: the same writes in the same order give the same state.</para>
/// <para>
/// Not thread safe, but that any number of threads may read at once what nobody writes, by models that it is ready for: see
/// <see cref="CanScore"/> and <see cref="CanTally"/>.
/// </para>
/// </remarks>
public sealed partial class Population
{
    private readonly PopulationBounds _bounds;
    private readonly FactsSchema _schema;
    private readonly HashSet<string> _passiveNames;
    private readonly List<bool> _passive = [];
    private readonly LifecycleSettings _lifecycle;
    private readonly List<LifecycleTurn> _turns = [];
    private readonly LifecycleTable _lifecycles = new();
    private readonly IdTable _ids;
    private readonly FactsTable _facts;
    private readonly AttributeTable _attributes = new();
    private readonly Cohorts _cohorts = new();
    private readonly AccountIndex _accounts;
    private readonly KeptColumns _columns;
    private readonly AdjustmentTable _adjustments = new();
    private ulong[] _loaded = new ulong[64];

    /// <summary>An empty population.</summary>
    /// <param name="settings">The workspace.</param>
    /// <param name="bounds">How much it may hold; <see cref="PopulationBounds.Default"/> when null.</param>
    public Population(WorkspaceSettings settings, PopulationBounds? bounds = null)
    {
        _bounds = bounds ?? PopulationBounds.Default;
        _schema = new FactsSchema([.. settings.HalfLivesDays.Select(days => new HalfLife(days))]);
        _types = new BoundedNames(_schema.EventTypes);
        _features = new BoundedNames(_schema.Features);
        _passiveNames = [.. settings.PassiveEventTypes];
        _lifecycle = settings.Lifecycle;
        // An event looks for both, so both lie together.
        var places = new Column<uint>(valuesPerRow: 2);
        _ids = new IdTable(places);
        _facts = new FactsTable(_schema, places, placeAt: 1);
        _accounts = new AccountIndex(_facts);
        _columns = new KeptColumns(_schema, _facts, _attributes);
    }

    /// <summary>Number of customers.</summary>
    public int Count => _ids.Count - _idsOnly;

    /// <summary>Number of rows: those of customers, and those of deleted ones that nobody has taken over yet.</summary>
    public int Rows => _facts.Count;

    /// <summary>The newest event of all; <see cref="Instant.MinValue"/> when there is none.</summary>
    public Instant NewestEvent { get; private set; } = Instant.MinValue;

    /// <summary>The keys of attributes that were set.</summary>
    public IReadOnlyCollection<string> AttributeKeys => _attributes.Keys;

    /// <summary>The event types that have a number here.</summary>
    internal IEnumerable<string> EventTypes => _schema.EventTypes.Names;

    /// <summary>The features that have a number here.</summary>
    internal IEnumerable<string> Features => _schema.Features.Names;

    /// <summary>Whether any customer has a value of an attribute.</summary>
    internal bool HasValue(string key, string value) => _attributes.Find(key)?.Find(value) is not null;

    /// <summary>The values that customers have of an attribute, in no order.</summary>
    internal IEnumerable<string> ValuesOf(string key) => _attributes.Find(key)?.Values.All ?? [];

    /// <summary>Begins to look for a customer, which <see cref="Prefetch"/> goes on with.</summary>
    public static CustomerLookup BeginLookup(ReadOnlySpan<byte> customerId) => new(TextHash.Of(customerId), -1);

    /// <summary>The row of a customer; -1 when nothing is known of it, or it was merged into another one.</summary>
    public int Find(string customerId) =>
        FindId(Encoding.UTF8.GetBytes(customerId)) is var row && SurvivorOf(row) is null ? row : -1;

    /// <summary>The id of the customer in a row, or of the one that was merged into another, in UTF-8; empty for one that was deleted.</summary>
    public ReadOnlySpan<byte> IdOf(int row) => IsIdOnly(row) || !_facts.Deleted.Contain(row) ? _ids[row] : [];

    /// <summary>The newest event of a customer; <see cref="Instant.MinValue"/> when there is none.</summary>
    public Instant NewestEventOf(int row) => _facts.LastEventOf(row);

    /// <summary>The customers of whom an event occurred after an instant.</summary>
    public RowSet RowsWithEventsAfter(Instant instant)
    {
        var found = new RowSet();
        for (var row = 0; row < Rows && NewestEvent > instant; row++)
        {
            if (_facts.LastEventOf(row) > instant)
            {
                found.Add(row);
            }
        }
        return found;
    }

    /// <summary>Asks for the first of what <see cref="Prefetch"/> will look at, so that it comes while others are hashed.</summary>
    public void BeginPrefetch(CustomerLookup customer) => _ids.PrefetchSlot(customer.Hash);

    /// <summary>
    /// Asks the processor for what recording events of some customers will touch, all at once: one customer's memory is waited for while
    /// the next one's is on its way. Changes nothing.
    /// </summary>
    /// <param name="customers">The customers of at most a few dozen events; gets the rows that they will most likely be found in.</param>
    public void Prefetch(Span<CustomerLookup> customers)
    {
        foreach (ref readonly var customer in customers)
        {
            _ids.PrefetchSlot(customer.Hash);
        }
        foreach (ref var customer in customers)
        {
            customer = customer with { LikelyRow = _ids.PrefetchPlace(customer.Hash) };
        }
        foreach (ref readonly var customer in customers)
        {
            if (customer.LikelyRow >= 0)
            {
                _ids.PrefetchText(customer.LikelyRow);
                _facts.PrefetchFacts(customer.LikelyRow);
                _cohorts.Prefetch(customer.LikelyRow);
                _accounts.Prefetch(customer.LikelyRow);
                _lifecycles.Prefetch(customer.LikelyRow);
                _columns.Prefetch(customer.LikelyRow);
            }
        }
    }

    /// <summary>Adds an event, and its customer if it is new. Whether it came before is the host's to know.</summary>
    /// <param name="item">The event; validated.</param>
    /// <param name="customer">The customer's look-up, which is under way.</param>
    /// <param name="receivedAt">Stands for an absent time of occurrence.</param>
    /// <param name="row">The customer's row; -1 when the event was not counted.</param>
    /// <returns>
    /// <see cref="RecordOutcome.Accepted"/>, <see cref="RecordOutcome.Merged"/>, or which bound of the population the event is beyond.
    /// </returns>
    public RecordOutcome Record(in EventRecord item, CustomerLookup customer, Instant receivedAt, out int row)
    {
        row = -1;
        if (_merged.Count > 0 && IsMerged(item.CustomerId, customer))
        {
            return RecordOutcome.Merged;
        }
        var type = _schema.EventTypes.FindOften(item.Type);
        var feature = item.Feature.IsEmpty ? -1 : _schema.Features.FindOften(item.Feature);
        if (Check(item, type, feature) is var outcome and not RecordOutcome.Accepted)
        {
            return outcome;
        }
        row = Add(item, type, feature, customer, receivedAt);
        return RecordOutcome.Accepted;
    }

    /// <summary>Adds an event that is known to be within all bounds, because it was when it was first recorded.</summary>
    /// <returns>The customer's row.</returns>
    public int RecordAgain(in EventRecord item, CustomerLookup customer, Instant receivedAt)
    {
        var type = _schema.EventTypes.FindOften(item.Type);
        var feature = item.Feature.IsEmpty ? -1 : _schema.Features.FindOften(item.Feature);
        return Add(item, type, feature, customer, receivedAt);
    }

    /// <summary>Adds a customer or changes its account and attributes.</summary>
    /// <param name="update">The change; validated.</param>
    /// <param name="receivedAt">The time of the assignment to an account.</param>
    /// <param name="index">Place of the update in its batch.</param>
    /// <param name="row">The customer's row; -1 when the update was not taken.</param>
    /// <returns>Null when the update was taken; otherwise why not.</returns>
    public Rejection? Upsert(CustomerUpdate update, Instant receivedAt, int index, out int row)
    {
        row = -1;
        var id = Encoding.UTF8.GetBytes(update.CustomerId);
        var account = Encoding.UTF8.GetBytes(update.AccountId);
        if (SurvivorOf(id) is { } survivor)
        {
            return Rejections.OfMerged(index, survivor);
        }
        if (!_attributes.HasRoomFor(_ids.Find(id), update.Attributes, _bounds.AttributeKeys))
        {
            return Rejections.OfAttributes(index);
        }
        if (CheckRoom(id, account) is var outcome and not RecordOutcome.Accepted)
        {
            return Rejections.OfEvent(outcome, index);
        }
        row = UpsertAgain(update, receivedAt);
        return null;
    }

    /// <summary>Makes a change that is known to be within all bounds, because it was when it was first made.</summary>
    /// <returns>The customer's row.</returns>
    public int UpsertAgain(CustomerUpdate update, Instant receivedAt)
    {
        var id = Encoding.UTF8.GetBytes(update.CustomerId);
        var row = RowOf(id, TextHash.Of(id));
        _lifecycles.Note(row, receivedAt.UtcDay, LifecycleMarks.NoTurn);
        if (update.AccountId.Length > 0)
        {
            _accounts.Assign(row, Encoding.UTF8.GetBytes(update.AccountId), receivedAt);
        }
        _attributes.Set(row, update.Attributes, receivedAt.UtcDay);
        NamesVersion += update.Attributes.Count > 0 ? 1 : 0;
        MoveToItsCohort(row);
        _columns.NoteAttributes(row);
        return row;
    }

    /// <summary>Writes a customer in its stored form: versioned, complete in itself. Of one that was deleted that is nothing.</summary>
    public void Write(int row, IBufferWriter<byte> target)
    {
        var writer = new RecordWriter(target);
        if (IsIdOnly(row))
        {
            writer.Byte(CustomerHeader.Merged);
            writer.Text(_ids[row]);
            writer.Text(_survivors[row]);
            return;
        }
        if (_facts.Deleted.Contain(row))
        {
            return;
        }
        CustomerHeader.Write(
            FactsRecord.Current,
            _ids[row],
            _accounts.Utf8AccountOf(row),
            _accounts.AssignedAt(row),
            _lifecycles[row],
            ref writer
        );
        _attributes.Write(row, ref writer);
        FactsRecord.Write(_facts[row], _schema, ref writer);
        new CustomerTail
        {
            Adjustments = _adjustments.Of(row),
            SurvivorId = SurvivorOf(row) ?? "",
            MergedIds = MergedIdsOf(row),
        }.Write(ref writer);
        GC.KeepAlive(this);
    }

    /// <summary>A customer's stored form without its account, if that is one of some; otherwise the same.</summary>
    public static ReadOnlyMemory<byte> WithoutAccount(ReadOnlySpan<byte> encoded, Func<string, bool> isOne)
    {
        var reader = new RecordReader(encoded);
        var id = CustomerHeader.ReadId(ref reader, out var form);
        var account = CustomerHeader.ReadAccount(ref reader, out _);
        var target = new ArrayBufferWriter<byte>(encoded.Length);
        if (!isOne(Encoding.UTF8.GetString(account)))
        {
            target.Write(encoded);
            return target.WrittenMemory;
        }
        var writer = new RecordWriter(target);
        CustomerHeader.Write(form, id, [], Instant.MinValue, CustomerHeader.ReadMarks(ref reader), ref writer);
        target.Write(reader.Rest);
        return target.WrittenMemory;
    }

    /// <summary>Makes room for the ids of so many customers in all at once, so that loading them need not rebuild anything.</summary>
    public void Reserve(int customers) => _ids.Reserve(customers);

    /// <summary>Whether there is room for a customer that is to be loaded.</summary>
    public bool HasRoomFor(ReadOnlySpan<byte> customerId, ReadOnlySpan<byte> accountId) =>
        CheckRoom(customerId, accountId) == RecordOutcome.Accepted;

    /// <summary>The row of the customer that has the id of a stored one; -1 when there is none.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a customer.</exception>
    public int FindStored(ReadOnlySpan<byte> encoded)
    {
        var reader = new RecordReader(encoded);
        return _ids.Find(CustomerHeader.ReadId(ref reader, out _));
    }

    /// <summary>Adds the row of a customer that was deleted.</summary>
    /// <returns>The row.</returns>
    public int LoadDeleted()
    {
        var row = _ids.AddRemoved();
        AppendRow(row);
        _facts.Deleted.Add(row);
        return row;
    }

    /// <summary>Adds a customer from its stored form, in a row behind all others.</summary>
    /// <returns>Its row.</returns>
    /// <exception cref="InvalidDataException">The bytes are not a customer of this workspace, or the customer is there already.</exception>
    public int Load(ReadOnlySpan<byte> encoded)
    {
        var reader = new RecordReader(encoded);
        var id = CustomerHeader.ReadId(ref reader, out var form);
        var hash = TextHash.Of(id);
        if (_ids.Find(id, hash) >= 0)
        {
            throw new InvalidDataException("A customer is stored twice.");
        }
        if (form == CustomerHeader.Merged)
        {
            return LoadMerged(id, hash, ref reader);
        }
        var row = _ids.AddAtEnd(id, hash);
        AppendRow(row);
        SetStored(row, form, ref reader);
        return row;
    }

    private void AddToFacts(int row, double value, int type, int feature, Instant occurredAt)
    {
        // No event before the newest one: none before the first, and nothing more need be touched.
        if (
            _turns[type] != LifecycleTurn.None
            || (_facts.LastEventOf(row) is var newest && (newest == Instant.MinValue || occurredAt < newest))
        )
        {
            _lifecycles.Note(row, occurredAt.UtcDay, LifecycleMarks.TurnOf(_turns[type], occurredAt));
        }
        var totals = _cohorts.TotalsOf(row);
        var isPlain = value == 1 && !totals.HasValues(type);
        var before = isPlain ? default : _facts[row].TotalOf(type);
        _facts.Record(row, type, value, feature, occurredAt, active: !_passive[type], out var change);
        if (isPlain)
        {
            totals.AddPlain(type, isNew: (change & FactsChange.NewType) != FactsChange.None);
        }
        else
        {
            totals.Replace(type, before, _facts[row].TotalOf(type));
        }
    }

    /// <summary>Takes over what follows the id in a customer's stored form.</summary>
    private void SetStored(int row, byte form, ref RecordReader reader)
    {
        if (CustomerHeader.ReadAccount(ref reader, out var assignedAt) is { IsEmpty: false } account)
        {
            _accounts.Assign(row, account, assignedAt);
        }
        _lifecycles.Set(row, CustomerHeader.ReadMarks(ref reader));
        for (var left = reader.Count(); left > 0; left--)
        {
            _attributes.Set(row, reader.Text(), reader.Text());
        }
        _facts.Set(row, FactsRecord.Read(form, _schema, ref reader, ref _loaded));
        SetTail(row, CustomerTail.Read(ref reader));
        _cohorts.Move(row, _attributes);
        _cohorts.TotalsOf(row).Add(_facts[row]);
        NoteNewNames();
        NewestEvent = Instant.Max(NewestEvent, _facts.LastEventOf(row));
        _columns.NoteChange(row);
        GC.KeepAlive(this);
    }

    private int RowOf(ReadOnlySpan<byte> customerId, ulong hash)
    {
        var row = _ids.Find(customerId, hash);
        return row < 0 ? AddRow(customerId, hash) : row;
    }

    private int AddRow(ReadOnlySpan<byte> customerId, ulong hash)
    {
        var row = _ids.Add(customerId, hash);
        if (row < Rows)
        {
            _facts.Deleted.Remove(row);
        }
        else
        {
            AppendRow(row);
        }
        return row;
    }

    private void AppendRow(int row)
    {
        _facts.AddRow();
        _lifecycles.AddRow(row);
        _cohorts.EnsureRows(Rows);
        _columns.NoteChange(row);
    }

    private void MoveToItsCohort(int row)
    {
        var totals = _cohorts.TotalsOf(row);
        if (_cohorts.Move(row, _attributes))
        {
            totals.Subtract(_facts[row]);
            _cohorts.TotalsOf(row).Add(_facts[row]);
        }
    }

    /// <summary>Adds an event to the facts of its customer; gives the customer's row.</summary>
    private int Add(in EventRecord item, int type, int feature, CustomerLookup customer, Instant receivedAt)
    {
        if (type < 0)
        {
            type = _schema.EventTypes.Intern(item.Type);
            NoteNewNames();
        }
        if (_passive[type])
        {
            // What happens to a customer is no use of a feature by it.
            feature = -1;
        }
        else if (feature < 0 && !item.Feature.IsEmpty)
        {
            feature = _schema.Features.Intern(item.Feature);
            NoteNewNames();
        }
        NoteUse(type, feature, receivedAt);
        var row = _ids.Is(customer.LikelyRow, item.CustomerId)
            ? customer.LikelyRow
            : RowOf(item.CustomerId, customer.Hash);
        var occurredAt = item.OccurredAt ?? receivedAt;
        AddToFacts(row, item.Value, type, feature, occurredAt);
        if (!item.AccountId.IsEmpty)
        {
            _accounts.Assign(row, item.AccountId, occurredAt);
        }
        NewestEvent = Instant.Max(NewestEvent, occurredAt);
        _columns.NoteChange(row);
        GC.KeepAlive(this);
        return row;
    }

    /// <summary>Whether an event can be counted, given the numbers of its type and feature; -1 for those that have none yet.</summary>
    private RecordOutcome Check(in EventRecord item, int type, int feature)
    {
        if (type < 0 && !_types.HasRoomFor(item.Type, _bounds.EventTypes))
        {
            return RecordOutcome.TooManyEventTypes;
        }
        var isNewFeature = feature < 0 && !item.Feature.IsEmpty && !IsPassive(type, item.Type);
        return isNewFeature && !_features.HasRoomFor(item.Feature, _bounds.Features)
            ? RecordOutcome.TooManyFeatures
            : CheckRoom(item, type, feature);
    }

    /// <summary>Whether events of a type are passive, which use no feature.</summary>
    private bool IsPassive(int type, ReadOnlySpan<byte> name) =>
        type >= 0 ? _passive[type] : _passiveNames.Contains(Encoding.UTF8.GetString(name));

    /// <summary>Whether there is room for an event. Decided before anything of it is taken in.</summary>
    private RecordOutcome CheckRoom(in EventRecord item, int type, int feature)
    {
        if (CheckRoom(item.CustomerId, item.AccountId) is var outcome and not RecordOutcome.Accepted)
        {
            return outcome;
        }
        if (_facts.HasRoomForAny(_bounds.FactsBytes))
        {
            return RecordOutcome.Accepted;
        }
        return _facts.HasRoomFor(
            _ids.Find(item.CustomerId),
            type,
            item.Value,
            item.Feature.IsEmpty ? null : feature,
            _bounds.FactsBytes
        )
            ? RecordOutcome.Accepted
            : RecordOutcome.TooManyFacts;
    }

    /// <summary>Whether there is room for a customer and its account.</summary>
    private RecordOutcome CheckRoom(ReadOnlySpan<byte> customerId, ReadOnlySpan<byte> accountId)
    {
        if (!_ids.HasRoomFor(customerId, _bounds.Customers, _bounds.IdBytes))
        {
            return RecordOutcome.TooManyCustomers;
        }
        if (!_accounts.HasRoomFor(accountId, _bounds))
        {
            return RecordOutcome.TooManyAccounts;
        }
        return _facts.HasRoomForRow(_bounds.FactsBytes) || _ids.Find(customerId) >= 0
            ? RecordOutcome.Accepted
            : RecordOutcome.TooManyFacts;
    }

    /// <summary>Takes in what event types and features were given numbers; these may have been others' before.</summary>
    private void NoteNewNames()
    {
        foreach (var type in _schema.EventTypes.TakeNew())
        {
            _types.Added(type);
            NoteType(type);
        }
        foreach (var feature in _schema.Features.TakeNew())
        {
            _features.Added(feature);
        }
    }

    /// <summary>Takes in that an event type was given a number.</summary>
    private void NoteType(int type)
    {
        var name = _schema.EventTypes[type];
        if (type == _passive.Count)
        {
            _passive.Add(item: false);
            _turns.Add(LifecycleTurn.None);
        }
        _passive[type] = _passiveNames.Contains(name);
        _turns[type] = _lifecycle.TurnOf(name);
        _columns.NoteType(name);
    }
}
