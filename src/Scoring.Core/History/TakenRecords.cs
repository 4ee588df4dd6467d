using System.Text;
using Scoring.Core.Names;
using Scoring.Core.Populations;
using Scoring.Core.Recording;
using Scoring.Core.Time;

namespace Scoring.Core.History;

/// <summary>The records of a customer that were taken into a population, in whatever order: the customer is what it is when they come in the order of receipt.</summary>
/// <remarks>
/// Facts do not depend on the order of events. What an event does may depend on whether it was received before or after a change that concerns it: what comes after names were removed is
/// not removed with them. Where such two are not taken in their order, the customer is made again from all that was taken. Of events the receipt is known to the
/// second, so that is how exact it is.
/// </remarks>
/// <param name="customerId">The customer.</param>
/// <param name="records">All of its events.</param>
/// <param name="population">Where it is brought back.</param>
internal sealed class TakenRecords(string customerId, PastEvent[] records, Population population)
{
    private readonly byte[] _id = Encoding.UTF8.GetBytes(customerId);
    private readonly CustomerLookup _lookup = Population.BeginLookup(Encoding.UTF8.GetBytes(customerId));
    private readonly List<int> _events = new(records.Length);
    private readonly List<PastChange> _changes = [];
    private readonly List<Barrier> _barriers = [];

    // Adjustments of a customer who is not there yet: the event that it began with is of a clock that was ahead.
    private readonly List<PastChange> _waiting = [];
    private Instant _newestReceipt = Instant.MinValue;

    /// <summary>Places of the events, as they were taken.</summary>
    public IReadOnlyList<int> Events => _events;

    /// <summary>The changes, as they were taken.</summary>
    public IReadOnlyList<PastChange> Changes => _changes;

    /// <summary>How many events are in the opening.</summary>
    public long OpeningEvents { get; private set; }

    /// <summary>Whether the customer was merged into another one. Nothing is taken any more.</summary>
    public bool IsMerged { get; private set; }

    /// <summary>The customer's row; -1 when there is none.</summary>
    private int Row => population.FindId(_id);

    /// <summary>Takes an event.</summary>
    /// <param name="place">Its place among all of them.</param>
    public void Take(int place)
    {
        if (IsMerged)
        {
            return;
        }
        ref readonly var item = ref records[place];
        _events.Add(place);
        _newestReceipt = Instant.Max(_newestReceipt, item.ReceivedAt);
        if (IsBehindBarrier(item))
        {
            TakeAgain();
        }
        else
        {
            Record(item);
        }
    }

    /// <summary>Takes a change, in the order of all of them.</summary>
    /// <exception cref="InvalidDataException">It is malformed.</exception>
    public void Take(PastChange change)
    {
        if (IsMerged)
        {
            return;
        }
        _changes.Add(change);
        if (Barrier.Of(change) is { } barrier && IsInFrontOf(barrier))
        {
            TakeAgain();
        }
        else
        {
            Make(change);
        }
    }

    /// <summary>Takes events out that were taken.</summary>
    /// <param name="places">Their places among all of them.</param>
    public void Void(IReadOnlySet<int> places)
    {
        if (_events.RemoveAll(places.Contains) > 0)
        {
            TakeAgain();
        }
    }

    /// <summary>Whether a barrier was taken already that an event belongs before.</summary>
    private bool IsBehindBarrier(in PastEvent item)
    {
        foreach (var barrier in _barriers)
        {
            if (item.ReceivedAt <= barrier.ReceivedAt && barrier.Concerns(item))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Whether an event was taken already that belongs behind a barrier.</summary>
    private bool IsInFrontOf(Barrier barrier)
    {
        if (_newestReceipt <= barrier.ReceivedAt)
        {
            return false;
        }
        foreach (var place in _events)
        {
            if (records[place].ReceivedAt > barrier.ReceivedAt && barrier.Concerns(records[place]))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Makes the customer again, in the order of receipt.</summary>
    private void TakeAgain()
    {
        Delete();
        _barriers.Clear();
        _waiting.Clear();
        var events = _events.OrderBy(place => records[place].ReceivedAt).ToArray();
        var next = 0;
        foreach (var change in _changes)
        {
            for (; next < events.Length && records[events[next]].ReceivedAt <= change.ReceivedAt; next++)
            {
                Record(records[events[next]]);
            }
            Make(change);
        }
        for (; next < events.Length; next++)
        {
            Record(records[events[next]]);
        }
    }

    private void Record(in PastEvent item)
    {
        Span<byte> names = stackalloc byte[(2 * Limits.NameBytes) + Limits.IdBytes];
        var type = Encoding.UTF8.GetBytes(item.EventType, names);
        var feature = Encoding.UTF8.GetBytes(item.Feature, names[type..]);
        var account = Encoding.UTF8.GetBytes(item.AccountId, names[(type + feature)..]);
        var record = new EventRecord
        {
            CustomerId = _id,
            Type = names[..type],
            Feature = names.Slice(type, feature),
            AccountId = names.Slice(type + feature, account),
            OccurredAt = item.OccurredAt,
            Value = item.Value,
        };
        population.RecordAgain(record, _lookup, item.ReceivedAt);
        MakeWaiting();
    }

    private void Make(PastChange change)
    {
        var content = change.Content.Span;
        switch (change.Kind)
        {
            case ChangeKind.Opening:
                Load(content);
                break;
            case ChangeKind.Update:
                population.UpsertAgain(ChangeCodec.ReadUpdate(customerId, content), change.ReceivedAt);
                MakeWaiting();
                break;
            case ChangeKind.Adoption:
                population.Adopt(customerId, content, change.ReceivedAt);
                MakeWaiting();
                break;
            case ChangeKind.Merged:
                Delete();
                IsMerged = true;
                break;
            case ChangeKind.Adjustment when Row < 0:
                _waiting.Add(change);
                break;
            case ChangeKind.Adjustment:
                var adjustment = ChangeCodec.ReadAdjustment(content, out var model);
                population.Adjust(Row, model, adjustment, change.ReceivedAt);
                break;
            case ChangeKind.LeftAccount when Row is var row and >= 0:
                population.LeaveAccount(row);
                break;
            case ChangeKind.Pruning when Row is var row and >= 0:
                Prune(row, ChangeCodec.ReadNames(content));
                break;
            case ChangeKind.Correction when Row < 0:
                // Nothing else is known of the customer any more.
                population.UpsertAgain(new(customerId, "", []), change.ReceivedAt);
                MakeWaiting();
                break;
            case ChangeKind.LeftAccount or ChangeKind.Pruning or ChangeKind.Correction:
                break;
            default:
                throw new InvalidDataException($"A change of a customer is of the unknown kind {(int)change.Kind}.");
        }
        if (Barrier.Of(change) is { } barrier)
        {
            _barriers.Add(barrier);
        }
    }

    private void MakeWaiting()
    {
        if (_waiting.Count > 0)
        {
            PastChange[] waiting = [.. _waiting];
            _waiting.Clear();
            Array.ForEach(waiting, Make);
        }
    }

    private void Load(ReadOnlySpan<byte> stored)
    {
        population.Load(stored);
        var events = new Dictionary<string, long>(StringComparer.Ordinal);
        _ = new StoredCustomer(stored, events);
        OpeningEvents = events.Values.Sum();
    }

    private void Prune(int row, IReadOnlyList<KnownName> names)
    {
        var removal = population.BeginRemoval([.. names]);
        population.Remove(removal, row);
        population.DropUnusedNames(removal);
    }

    private void Delete()
    {
        if (Row is var row and >= 0)
        {
            population.Delete(row);
        }
    }
}
