using System.Text;
using Scoring.Core.Models;
using Scoring.Core.Populations;
using Scoring.Core.Scores;
using Scoring.Core.Time;
using Scoring.Core.Workspaces;

namespace Scoring.Core.History;

/// <summary>Books what a score changed by between two instants to its reasons.</summary>
/// <remarks>
/// <para>
/// The customer as known at the first instant is read at the second one: that is what time did. Then what became known meanwhile is added in the order of receipt, still read at
/// the second instant; what each record does to the quantities of the terms is booked to its kind, times the term's weight. Quantities of events are sums, so these parts do not
/// depend on the order: an event of value v at t brings weight x v x 2^(-(T - t) / half-life), whatever else there is. Those of other kinds are booked as they come.
/// </para>
/// <para>
/// Quantities are taken before all limits. What a cap, a dimension, floor and ceiling cut off is a part of its own, at the second instant less at the first; so is what an
/// adjustment adds. The version of the model changes last, facts being those of the second instant.
/// </para>
/// </remarks>
internal sealed class ScoreLedger
{
    private readonly ScoringModel _model;
    private readonly CustomerReplay _replay;
    private readonly PastEvent[] _events;
    private readonly Instant _readTime;
    private readonly TermSubject[] _subjects;
    private readonly LedgerParts _parts = new();

    // By term of the model, as booked so far.
    private double[] _quantities;
    private int _merged;

    private ScoreLedger(
        ScoringModel model,
        WorkspaceSettings settings,
        CustomerReplay replay,
        CustomerScore? start,
        Instant readTime
    )
    {
        (_model, _replay, _events, _readTime) = (model, replay, replay.Records, readTime);
        _subjects = TermSubject.Of(model, settings);
        _quantities = QuantitiesOf(start);
    }

    /// <summary>Tells why a customer's score changed; null when nothing was known of it at the second instant.</summary>
    /// <returns>The change, and what its parts lack of the difference before they are rounded to millionths: the rounding of doubles.</returns>
    public static (ScoreChange Change, double Unexplained)? Of(
        CustomerPast past,
        WorkspaceSettings settings,
        ScoringModel fromModel,
        ScoringModel toModel,
        ReadingClock from,
        ReadingClock to
    )
    {
        return Of(Replay(from), Replay(to), settings, fromModel, toModel, from.Time, to.Time);

        CustomerReplay Replay(ReadingClock clock)
        {
            var replay = new CustomerReplay(past, new Population(settings), clock.KnownAt);
            replay.MoveTo(clock.Time);
            return replay;
        }
    }

    /// <summary>The same of a customer that was brought back twice.</summary>
    /// <param name="first">Brought to the first instant; it is brought on to what is known at the second.</param>
    /// <param name="second">Brought to the second, in another population.</param>
    /// <param name="settings">The workspace.</param>
    /// <param name="fromModel">The version of the model that scores the first instant.</param>
    /// <param name="toModel">The version that scores the second one.</param>
    /// <param name="from">The first instant.</param>
    /// <param name="to">The second one.</param>
    public static (ScoreChange Change, double Unexplained)? Of(
        CustomerReplay first,
        CustomerReplay second,
        WorkspaceSettings settings,
        ScoringModel fromModel,
        ScoringModel toModel,
        Instant from,
        Instant to
    )
    {
        if (second.Score(toModel, to) is not { } last)
        {
            return null;
        }
        var start = first.Score(fromModel, from);
        // Who was not known yet had no score by an earlier version either.
        var model = start is null ? toModel : fromModel;
        var end = ReferenceEquals(model, toModel) ? last : second.Score(model, to)!;
        var ledger = new ScoreLedger(model, settings, first, start, last.ReadTime);
        ledger.BookRecords(second, from);
        ledger.BookLimits(start, end);
        ledger._parts.Add((ScoreChangeKind.Model, 0), "", null, last.Score - end.Score);
        var parts = ledger._parts.Rounded(start?.Score ?? 0, last.Score, out var unexplained);
        return (new(last.CustomerId, start, last, parts), unexplained);
    }

    private void BookRecords(CustomerReplay second, Instant from)
    {
        Book(ScoreChangeKind.Decay);
        PastChange[] changes = [.. second.Taken.Changes.Skip(_replay.Taken.Changes.Count)];
        var fresh = second.Taken.Events.Except(_replay.Taken.Events).ToHashSet();
        BookCorrections(changes, fresh, _replay.Taken.Events.Except(second.Taken.Events).ToHashSet());
        ReadOnlySpan<int> events = ByReceipt(fresh);
        foreach (var change in changes)
        {
            if (change.Kind is not (ChangeKind.Update or ChangeKind.Adjustment))
            {
                Book(ScoreChangeKind.Attributes);
                var before = 0;
                for (; before < events.Length && _events[events[before]].ReceivedAt <= change.ReceivedAt; before++) { }
                BookEvents(events[..before], from);
                events = events[before..];
            }
            _replay.Taken.Take(change);
            if (change.Kind == ChangeKind.Adoption)
            {
                BookMerge(change);
            }
            else if (change.Kind == ChangeKind.Pruning)
            {
                Book(ScoreChangeKind.Pruning);
            }
        }
        Book(ScoreChangeKind.Attributes);
        BookEvents(events, from);
    }

    /// <summary>Books what was voided, and what was recorded in its place, which is taken out of what else is new.</summary>
    private void BookCorrections(PastChange[] changes, HashSet<int> fresh, HashSet<int> voided)
    {
        _replay.Taken.Void(voided);
        var corrected = voided.ToList();
        foreach (var (change, correction) in RecordedCorrection.Among(changes))
        {
            if (correction.Replacement is { } replacement)
            {
                var place = fresh.FirstOrDefault(of => IsRecordedBy(change, replacement, _events[of]), -1);
                if (fresh.Remove(place))
                {
                    _replay.Taken.Take(place);
                    corrected.Add(place);
                }
            }
        }
        if (corrected.Count > 0)
        {
            Book(ScoreChangeKind.Correction, corrected);
        }
    }

    private static bool IsRecordedBy(PastChange change, CorrectedEvent replacement, in PastEvent item) =>
        replacement.Is(item)
        && item.ReceivedAt >= change.ReceivedAt
        && item.ReceivedAt - change.ReceivedAt < TimeSpan.FromSeconds(1);

    private int[] ByReceipt(IEnumerable<int> events)
    {
        int[] places = [.. events];
        Array.Sort(Array.ConvertAll(places, place => _events[place].ReceivedAt.Ticks), places);
        return places;
    }

    private void BookEvents(ReadOnlySpan<int> places, Instant from)
    {
        foreach (var isLate in (bool[])[true, false])
        {
            var some = new List<int>();
            foreach (var place in places)
            {
                if (_events[place].OccurredAt <= from == isLate)
                {
                    _replay.Taken.Take(place);
                    some.Add(place);
                }
            }
            if (some.Count > 0)
            {
                Book(isLate ? ScoreChangeKind.LateEvents : ScoreChangeKind.Events, some);
            }
        }
    }

    /// <summary>Books what the quantities changed by since they were booked last, by what the terms are about.</summary>
    private void Book(ScoreChangeKind kind, List<int>? events = null)
    {
        var before = Read();
        for (var place = 0; place < _subjects.Length; place++)
        {
            var subject = _subjects[place];
            foreach (var term in subject.Terms)
            {
                if (PointsSince(before, term) is var points and not 0)
                {
                    _parts.Add((kind, place), subject.Name, _model.Terms[term], ScoreOf(points));
                }
            }
            var count = events?.Count(of => subject.LooksAt(_events[of])) ?? 0;
            _parts.Count((kind, place), subject.Name, count);
        }
    }

    private void BookMerge(PastChange adoption)
    {
        var events = new Dictionary<string, long>(StringComparer.Ordinal);
        var merged = Encoding.UTF8.GetString(new StoredCustomer(adoption.Content.Span, events).Id);
        var before = Read();
        var place = (ScoreChangeKind.Merge, _merged++);
        for (var term = 0; term < _model.Terms.Count; term++)
        {
            if (PointsSince(before, term) is var points and not 0)
            {
                _parts.Add(place, merged, _model.Terms[term], ScoreOf(points));
            }
        }
        _parts.Count(place, merged, events.Values.Sum());
    }

    private void BookLimits(CustomerScore? start, CustomerScore end)
    {
        for (var term = 0; term < _model.Terms.Count; term++)
        {
            var of = _model.Terms[term];
            Add(ScoreChangeKind.Limit, term, "", of, score => CutOffOf(score, of));
        }
        for (var i = 0; i < _model.Dimensions.Count; i++)
        {
            var name = _model.Dimensions[i].Name;
            Add(
                ScoreChangeKind.Limit,
                _model.Terms.Count + i,
                name,
                null,
                score => score.CutOffs.Where(of => of.Dimension == name).Sum(of => of.Points)
            );
        }
        Add(
            ScoreChangeKind.Limit,
            _model.Terms.Count + _model.Dimensions.Count,
            "",
            null,
            score => score.CutOffs.Where(of => of.By != LimitKind.Dimension).Sum(of => of.Points)
        );
        Add(ScoreChangeKind.Adjustment, 0, "", null, score => score.Adjustment?.Points ?? 0);

        void Add(ScoreChangeKind kind, int place, string subject, Term? term, Func<CustomerScore, double> pointsOf)
        {
            var points = pointsOf(end) - (start is null ? 0 : pointsOf(start));
            _parts.Add((kind, place), subject, term, ScoreOf(points));
        }
    }

    /// <summary>Reads the quantities anew; gives those before.</summary>
    private double[] Read()
    {
        var before = _quantities;
        _quantities = QuantitiesOf(_replay.Score(_model, _readTime));
        return before;
    }

    private double[] QuantitiesOf(CustomerScore? score)
    {
        var quantities = new double[_model.Terms.Count];
        for (var term = 0; term < quantities.Length; term++)
        {
            quantities[term] = ContributionOf(score, _model.Terms[term])?.Quantity ?? 0;
        }
        return quantities;
    }

    private double PointsSince(double[] before, int term) =>
        _model.Terms[term].Weight * (_quantities[term] - before[term]);

    private double ScoreOf(double points) => points * 100 / _model.TargetPoints;

    private static double CutOffOf(CustomerScore score, Term term) =>
        ContributionOf(score, term) is { Capped: true } part ? part.Points - (term.Weight * part.Quantity) : 0;

    private static Contribution? ContributionOf(CustomerScore? score, Term term) =>
        score?.Contributions.FirstOrDefault(part => ReferenceEquals(part.Term, term));
}
