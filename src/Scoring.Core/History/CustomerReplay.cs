using System.Buffers;
using Scoring.Core.Models;
using Scoring.Core.Populations;
using Scoring.Core.Scores;
using Scoring.Core.Time;

namespace Scoring.Core.History;

/// <summary>Brings one customer's past back into a population, forward in time, so that what answers for the present answers for the past.</summary>
/// <remarks>
/// <para>
/// At an instant the events count that occurred up to it and were known by then; of the changes those that were received up to both. The opening is there from the
/// start. Who was merged into another customer is none from then on.
/// </para>
/// <para>
/// An event that a correction voids never was, at whatever instant, once the correction is known.
/// </para>
/// <para>
/// Events are taken when they occurred and changes when they were received, so rising instants cost one pass over the records, all together. Several replays may share a
/// population, each with a customer of its own.
/// </para>
/// </remarks>
public sealed class CustomerReplay
{
    private readonly CustomerPast _past;
    private readonly Population _population;
    private readonly PastEvent[] _events;
    private readonly TakenRecords _taken;

    // Places of the events that are known, by when they occurred; how many of the changes are known.
    private readonly int[] _byTime;
    private readonly int _knownChanges;
    private int _nextEvent;
    private Instant _now = Instant.MinValue;

    /// <param name="past">The customer's past.</param>
    /// <param name="population">Where it is brought back; it has no customer of that id.</param>
    /// <param name="knownAt">What came to be known later is left out; null for nothing.</param>
    public CustomerReplay(CustomerPast past, Population population, Instant? knownAt = null)
        : this(past, population, knownAt, []) { }

    /// <param name="past">The customer's past.</param>
    /// <param name="population">Where it is brought back.</param>
    /// <param name="knownAt">What was received later is left out; null for nothing.</param>
    /// <param name="further">Corrections beside those of the past.</param>
    internal CustomerReplay(
        CustomerPast past,
        Population population,
        Instant? knownAt,
        IEnumerable<RecordedCorrection> further
    )
    {
        (_past, _population) = (past, population);
        _events = past.Events as PastEvent[] ?? [.. past.Events];
        _taken = new(past.CustomerId, _events, population);
        _knownChanges = past.Changes.TakeWhile(change => IsOpening(change) || !(change.ReceivedAt > knownAt)).Count();
        var corrections = RecordedCorrection.Among(past.Changes.Take(_knownChanges)).Select(of => of.Correction);
        _byTime = ByTime(_events, knownAt, VoidedEvents.Of(_events, corrections.Concat(further)));
    }

    /// <summary>The customer's row; -1 when nothing was known of it, or it was merged into another one.</summary>
    public int Row => _population.Find(_past.CustomerId);

    /// <summary>Events so far, those of the opening among them.</summary>
    public long Events => _taken.OpeningEvents + _taken.Events.Count;

    /// <summary>All of its events, those that are not known among them.</summary>
    internal PastEvent[] Records => _events;

    /// <summary>The records so far.</summary>
    internal TakenRecords Taken => _taken;

    /// <summary>When the next change was received, an opening before everything else; null when there is none.</summary>
    private Instant? NextChangeAt =>
        _taken.Changes.Count == _knownChanges ? null
        : _past.Changes[_taken.Changes.Count] is var next && IsOpening(next) ? Instant.MinValue
        : next.ReceivedAt;

    /// <summary>Goes on to an instant.</summary>
    /// <param name="instant">The instant; not before the one that it was brought to last.</param>
    /// <exception cref="InvalidDataException">A record is malformed.</exception>
    public void MoveTo(Instant instant)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(instant, _now);
        _now = instant;
        while (!_taken.IsMerged)
        {
            var changeAt = NextChangeAt;
            if (IsEventBefore(changeAt))
            {
                var place = _byTime[_nextEvent];
                if (_events[place].OccurredAt > instant)
                {
                    return;
                }
                _taken.Take(place);
                _nextEvent++;
            }
            else if (changeAt <= instant)
            {
                _taken.Take(_past.Changes[_taken.Changes.Count]);
            }
            else
            {
                return;
            }
        }
    }

    /// <summary>Goes on to the end of all that is known, also of what clocks that ran ahead sent.</summary>
    /// <exception cref="InvalidDataException">A record is malformed.</exception>
    public void MoveToEnd() => MoveTo(new(long.MaxValue));

    /// <summary>The customer's score; null when nothing was known of it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="readTime">
    /// The instant that it was brought to, or a later one. Where an opening or a merged customer brought an event of a clock that was ahead, it is that event's.
    /// </param>
    public CustomerScore? Score(ScoringModel model, Instant readTime) =>
        Row is var row and >= 0 ? _population.Score(row, model, ReadableAt(row, readTime)) : null;

    /// <summary>The same without why.</summary>
    /// <param name="model">The model.</param>
    /// <param name="readTime">As of <see cref="Score"/>.</param>
    public ScoreOutline? Outline(ScoringModel model, Instant readTime) =>
        Row is var row and >= 0 ? _population.Outline(row, model, ReadableAt(row, readTime)) : null;

    private Instant ReadableAt(int row, Instant readTime) => Instant.Max(readTime, _population.NewestEventOf(row));

    /// <summary>Whether the next event comes before a change; of one instant, which was received first.</summary>
    private bool IsEventBefore(Instant? changeAt)
    {
        if (_nextEvent == _byTime.Length)
        {
            return false;
        }
        ref readonly var item = ref _events[_byTime[_nextEvent]];
        return changeAt is not { } at || item.OccurredAt < at || (item.OccurredAt == at && item.ReceivedAt <= at);
    }

    private static bool IsOpening(PastChange change) => change.Kind == ChangeKind.Opening;

    /// <summary>The places of the events that are known and not voided, by when they occurred, then by when they were received.</summary>
    private static int[] ByTime(PastEvent[] events, Instant? knownAt, IReadOnlySet<int> voided)
    {
        var places = new int[events.Length];
        var times = ArrayPool<long>.Shared.Rent(events.Length);
        var count = 0;
        for (var place = 0; place < events.Length; place++)
        {
            if (!(events[place].KnownAt > knownAt) && !voided.Contains(place))
            {
                times[count] = events[place].OccurredAt.Ticks;
                places[count++] = place;
            }
        }
        Array.Resize(ref places, count);
        Array.Sort(times, places, 0, count);
        for (var start = 0; start < count; )
        {
            var end = start + 1;
            for (; end < count && times[end] == times[start]; end++) { }
            if (end > start + 1)
            {
                places.AsSpan(start..end).Sort((one, other) => Compare(events, one, other));
            }
            start = end;
        }
        ArrayPool<long>.Shared.Return(times);
        return places;
    }

    private static int Compare(PastEvent[] events, int one, int other)
    {
        var order = events[one].ReceivedAt.CompareTo(events[other].ReceivedAt);
        return order == 0 ? one.CompareTo(other) : order;
    }
}
