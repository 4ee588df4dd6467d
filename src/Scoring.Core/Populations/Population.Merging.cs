using System.Text;
using Scoring.Core.Facts;
using Scoring.Core.Memory;
using Scoring.Core.Recording;
using Scoring.Core.Serialization;
using Scoring.Core.Time;

namespace Scoring.Core.Populations;

/// <content>Customers that turn out to be one: what is known of one is added to the survivor, and its id stands for the survivor from then on.</content>
/// <remarks>
/// Both may be in different populations, so a merge has steps. Begun, nothing is added to the customer any more, but it counts as it is. Then the survivor adopts what
/// is stored of it. Ended, the row has nothing but the id, and counts no more.
/// </remarks>
public sealed partial class Population
{
    private readonly RowSet _merged = new();
    private readonly Dictionary<int, string> _survivors = [];
    private readonly Dictionary<int, string[]> _mergedIds = [];
    private int _idsOnly;

    /// <summary>Number of the newest merge that a step was taken of. Steps of older ones come too late.</summary>
    public long MergeFence { get; private set; }

    /// <summary>The row of an id, whether that is a customer or was merged into one; -1 when there is none.</summary>
    public int FindId(ReadOnlySpan<byte> customerId) => _ids.Find(customerId);

    /// <summary>The customer that the one of a row was merged into; null for one that was not, and for -1.</summary>
    public string? SurvivorOf(int row) => row >= 0 && _merged.Contain(row) ? _survivors[row] : null;

    /// <summary>The customer that the one of an id was merged into; null for one that was not.</summary>
    public string? SurvivorOf(ReadOnlySpan<byte> customerId) =>
        _merged.Count == 0 ? null : SurvivorOf(_ids.Find(customerId));

    /// <summary>Whether a row has nothing but an id, that of a customer who was merged into another.</summary>
    public bool IsIdOnly(int row) => _merged.Contain(row) && _facts.Deleted.Contain(row);

    /// <summary>The ids of customers that were merged into the one of a row.</summary>
    public IReadOnlyList<string> MergedIdsOf(int row) => _mergedIds.GetValueOrDefault(row, []);

    /// <summary>Takes in that a merge of a number is being done.</summary>
    public void RaiseMergeFence(long number)
    {
        if (number > MergeFence)
        {
            MergeFence = number;
            NamesVersion++;
        }
    }

    /// <summary>Begins to merge a customer into another: it changes no more.</summary>
    public void BeginMerge(int row, string survivorId)
    {
        if (!_merged.Contain(row))
        {
            _merged.Add(row);
        }
        _survivors[row] = survivorId;
    }

    /// <summary>Ends the merge of a customer that the survivor has adopted: nothing is left of it but its id.</summary>
    /// <returns>The event types and features that it had; perhaps nobody else has.</returns>
    public NameRemoval EndMerge(int row)
    {
        _idsOnly++;
        var removal = Clear(row);
        GC.KeepAlive(this);
        return removal;
    }

    /// <summary>Gives up the merge of a customer, if one was begun.</summary>
    public void CancelMerge(int row)
    {
        if (_merged.Contain(row))
        {
            _idsOnly -= IsIdOnly(row) ? 1 : 0;
            _merged.Remove(row);
            _survivors.Remove(row);
        }
    }

    /// <summary>Whether there is room for a survivor to adopt a customer.</summary>
    /// <param name="survivorId">The survivor.</param>
    /// <param name="encoded">The customer in its stored form.</param>
    /// <returns>Null when there is, or it has adopted it; otherwise what there is no room for.</returns>
    public Rejection? CheckAdoption(string survivorId, ReadOnlySpan<byte> encoded)
    {
        var reader = new RecordReader(encoded);
        var mergedId = Encoding.UTF8.GetString(CustomerHeader.ReadId(ref reader, out var form));
        var account = CustomerHeader.ReadAccount(ref reader, out _);
        CustomerHeader.ReadMarks(ref reader);
        var id = Encoding.UTF8.GetBytes(survivorId);
        var row = _ids.Find(id);
        if (MergedIdsOf(row).Contains(mergedId))
        {
            return null;
        }
        if (!_attributes.HasRoomFor(row, AttributesThatLack(row, ref reader), _bounds.AttributeKeys))
        {
            return Rejections.OfAttributes(index: 0);
        }
        var outcome = CheckNames(ref reader, form);
        outcome = outcome == RecordOutcome.Accepted ? CheckRoom(id, account) : outcome;
        if (outcome == RecordOutcome.Accepted && !_facts.HasRoomForAny(_bounds.FactsBytes))
        {
            outcome = RecordOutcome.TooManyFacts;
        }
        return outcome == RecordOutcome.Accepted ? null : Rejections.OfEvent(outcome, index: 0);
    }

    /// <summary>
    /// Adds what is stored of a customer to the survivor of its merge. The survivor keeps its account, of each attribute its value, and of each model its adjustment, where it
    /// has one. Does nothing where that has been done.
    /// </summary>
    /// <param name="survivorId">The survivor, who need not be there yet.</param>
    /// <param name="encoded">The customer in its stored form; there is room for it.</param>
    /// <param name="receivedAt">When the merge was asked for.</param>
    /// <returns>The survivor's row.</returns>
    public int Adopt(string survivorId, ReadOnlySpan<byte> encoded, Instant receivedAt)
    {
        var reader = new RecordReader(encoded);
        var mergedId = Encoding.UTF8.GetString(CustomerHeader.ReadId(ref reader, out var form));
        var utf8 = Encoding.UTF8.GetBytes(survivorId);
        var row = RowOf(utf8, TextHash.Of(utf8));
        if (MergedIdsOf(row).Contains(mergedId))
        {
            return row;
        }
        var account = CustomerHeader.ReadAccount(ref reader, out var assignedAt);
        if (!account.IsEmpty && _accounts.Utf8AccountOf(row).IsEmpty)
        {
            _accounts.Assign(row, account, assignedAt);
        }
        var marks = CustomerHeader.ReadMarks(ref reader);
        _lifecycles.Set(row, _lifecycles[row].With(marks.FirstDay, marks.Turn));
        _attributes.Set(row, AttributesThatLack(row, ref reader), receivedAt.UtcDay);
        MoveToItsCohort(row);
        AddFacts(row, FactsRecord.Read(form, _schema, ref reader, ref _loaded), receivedAt);
        NamesVersion++;
        _columns.NoteChange(row);
        _columns.NoteAttributes(row);
        var tail = CustomerTail.Read(ref reader);
        _mergedIds[row] = [.. MergedIdsOf(row), mergedId, .. tail.MergedIds];
        var lacking = tail.Adjustments.ExceptBy(_adjustments.Of(row).Select(of => of.Model), of => of.Model);
        _adjustments.Set(
            row,
            [.. _adjustments.Of(row).Concat(lacking).OrderBy(of => of.Model, StringComparer.Ordinal)]
        );
        GC.KeepAlive(this);
        return row;
    }

    private bool IsMerged(ReadOnlySpan<byte> customerId, CustomerLookup customer)
    {
        var row = _ids.Is(customer.LikelyRow, customerId) ? customer.LikelyRow : _ids.Find(customerId, customer.Hash);
        return row >= 0 && _merged.Contain(row);
    }

    /// <summary>Adds facts to those of a row.</summary>
    private void AddFacts(int row, ReadOnlySpan<ulong> added, Instant receivedAt)
    {
        NoteNewNames();
        var other = new FactsView(_loaded.AsSpan(0, added.Length), _schema);
        foreach (var series in other.Series)
        {
            NoteUse(series.EventType, feature: -1, receivedAt);
        }
        foreach (var word in other.Features)
        {
            _features.Use(new FeatureUse(word).Feature, receivedAt.UtcDay);
        }
        var mine = _facts[row];
        var words = new ulong[mine.Length + other.Length];
        mine.Words.CopyTo(words);
        var sum = new FactsView(words, _schema);
        sum.Add(other);
        _cohorts.TotalsOf(row).Subtract(mine);
        _facts.Set(row, words.AsSpan(0, sum.Length));
        _cohorts.TotalsOf(row).Add(_facts[row]);
        NewestEvent = Instant.Max(NewestEvent, _facts.LastEventOf(row));
    }

    /// <summary>Reads attributes, and gives those of which a row has no value.</summary>
    private List<KeyValuePair<string, string>> AttributesThatLack(int row, ref RecordReader reader)
    {
        var lacking = new List<KeyValuePair<string, string>>();
        for (var left = reader.Count(); left > 0; left--)
        {
            var (key, value) = (reader.String(), reader.String());
            if (row < 0 || _attributes.ValueOf(row, key).Length == 0)
            {
                lacking.Add(new(key, value));
            }
        }
        return lacking;
    }

    /// <summary>Whether there is room for the names in stored facts that are new here.</summary>
    private RecordOutcome CheckNames(ref RecordReader reader, byte form)
    {
        var (types, features) = (0, 0);
        var halfLives = FactsRecord.SkipHeader(ref reader);
        for (var left = reader.Count(); left > 0; left--)
        {
            var isCount = FactsRecord.SkipSeries(ref reader, form, halfLives, out var type) is not null;
            if (isCount && _schema.EventTypes.Find(type) < 0 && !_types.HasRoomFor(type, _bounds.EventTypes - types++))
            {
                return RecordOutcome.TooManyEventTypes;
            }
        }
        for (var left = reader.Count(); left > 0; left--)
        {
            FactsRecord.SkipFeature(ref reader, form, out var feature);
            if (_schema.Features.Find(feature) < 0 && !_features.HasRoomFor(feature, _bounds.Features - features++))
            {
                return RecordOutcome.TooManyFeatures;
            }
        }
        return RecordOutcome.Accepted;
    }

    /// <summary>Takes over what few customers have, of a customer that is loaded.</summary>
    private void SetTail(int row, CustomerTail tail)
    {
        _adjustments.Set(row, tail.Adjustments);
        if (tail.SurvivorId.Length > 0)
        {
            BeginMerge(row, tail.SurvivorId);
        }
        if (tail.MergedIds.Count > 0)
        {
            _mergedIds.Add(row, [.. tail.MergedIds]);
        }
    }

    /// <summary>Adds the row of a customer that was merged into another, from its stored form behind the id.</summary>
    private int LoadMerged(ReadOnlySpan<byte> id, ulong hash, ref RecordReader reader)
    {
        var row = _ids.AddAtEnd(id, hash);
        AppendRow(row);
        _facts.Deleted.Add(row);
        BeginMerge(row, reader.String());
        _idsOnly++;
        return reader.AtEnd ? row : throw new InvalidDataException("A merged customer's record has bytes left over.");
    }
}
