using Scoring.Core.Filters;
using Scoring.Core.History;
using Scoring.Core.Models;
using Scoring.Core.Populations;
using Scoring.Core.Time;
using Scoring.Core.Workspaces;

namespace Scoring.Core.Evaluation;

/// <summary>Looks through customers' pasts for an evaluation: scores them at each cut-off by what was known then, and looks what happened afterwards.</summary>
/// <remarks>
/// A customer is brought to one cut-off after the other by <see cref="CustomerReplay"/>, as for a segment's history, so nothing that happened after a cut-off can be in its scores. Where
/// events came late, so that one of an earlier cut-off was not known at it, the customer is brought to each cut-off from the beginning, without them.
/// </remarks>
public sealed class EvaluationScan
{
    private readonly EvaluationQuery _query;
    private readonly ScoringModel _filterModel;
    private readonly IReadOnlyList<ScoringModel> _models;
    private readonly WorkspaceSettings _settings;
    private readonly IReadOnlyList<Filter> _filters;
    private readonly HashSet<string> _passive;
    private readonly string[] _types;

    /// <param name="query">The query.</param>
    /// <param name="filters">Who is looked at, by cut-off.</param>
    /// <param name="filterModel">The model that the filter is read by.</param>
    /// <param name="models">The models that are judged.</param>
    /// <param name="settings">The workspace.</param>
    public EvaluationScan(
        EvaluationQuery query,
        IReadOnlyList<Filter> filters,
        ScoringModel filterModel,
        IReadOnlyList<ScoringModel> models,
        WorkspaceSettings settings
    )
    {
        (_query, _filters, _filterModel, _models, _settings) = (query, filters, filterModel, models, settings);
        _passive = [.. settings.PassiveEventTypes];
        _types = [.. models.SelectMany(ScoredTypes.Of).Distinct(StringComparer.Ordinal)];
        Part = new(query.CutOffs.Count, models.Count);
    }

    /// <summary>What was found.</summary>
    public EvaluationPart Part { get; }

    /// <summary>Looks through some customers more.</summary>
    /// <exception cref="InvalidDataException">A record is malformed.</exception>
    public void Add(IReadOnlyList<CustomerPast> customers)
    {
        var subjects = new List<Subject>(customers.Count);
        foreach (var past in customers)
        {
            // What happened is told by what is known now; what was known at a cut-off may be something else.
            var events = VoidedEvents.Without(past);
            var times = new OutcomeTimes(_query.Outcome, past with { Events = events }, _passive);
            var isOther = NoteLateEvents(events) || events.Count < past.Events.Count;
            subjects.Add(new(Part.Customers++, past, times, isOther && !_query.AsUnderstoodNow));
            AddTimings(events, times);
        }
        var late = subjects.ToLookup(subject => subject.WasOther);
        var inTime = new Replays(this, late[false], knownAt: null);
        for (var cutOff = 0; cutOff < _query.CutOffs.Count; cutOff++)
        {
            inTime.ScoreAt(cutOff);
            if (late.Contains(true))
            {
                new Replays(this, late[true], _query.CutOffs[cutOff]).ScoreAt(cutOff);
            }
        }
    }

    /// <summary>Counts events that were not known yet at cut-offs that they occurred before; tells whether there are any.</summary>
    private bool NoteLateEvents(IReadOnlyList<PastEvent> events)
    {
        var isAny = false;
        foreach (var item in events)
        {
            for (var i = 0; i < _query.CutOffs.Count && _query.CutOffs[i] < item.KnownAt; i++)
            {
                if (_query.CutOffs[i] >= item.OccurredAt)
                {
                    Part.CutOffs[i].LateEvents++;
                    isAny = true;
                }
            }
        }
        return isAny;
    }

    private void AddTimings(IReadOnlyList<PastEvent> events, OutcomeTimes times)
    {
        foreach (var type in _types)
        {
            Instant? first = null;
            foreach (var item in events)
            {
                if (item.EventType == type && !(first <= item.OccurredAt))
                {
                    first = item.OccurredAt;
                }
            }
            if (first is { } at)
            {
                Part.Add(type, times.First <= at ? new(1, 0) : new(0, 1));
            }
        }
    }

    /// <param name="Number">Its number.</param>
    /// <param name="Past">All that it did.</param>
    /// <param name="Times">When what is to be told happened to it.</param>
    /// <param name="WasOther">Whether what was known of it at some cut-off may not be what is known now.</param>
    private sealed record Subject(int Number, CustomerPast Past, OutcomeTimes Times, bool WasOther);

    /// <summary>Customers that are brought back together.</summary>
    private sealed class Replays
    {
        private readonly EvaluationScan _scan;
        private readonly Population _population;
        private readonly (Subject Subject, CustomerReplay Replay)[] _customers;

        public Replays(EvaluationScan scan, IEnumerable<Subject> subjects, Instant? knownAt)
        {
            _scan = scan;
            _population = new(scan._settings);
            _customers =
            [
                .. subjects.Select(subject => (subject, new CustomerReplay(subject.Past, _population, knownAt))),
            ];
        }

        public void ScoreAt(int cutOff)
        {
            var (query, into) = (_scan._query, _scan.Part.CutOffs[cutOff]);
            var at = query.CutOffs[cutOff];
            var ofRow = new Dictionary<int, Subject>(_customers.Length);
            foreach (var (subject, replay) in _customers)
            {
                replay.MoveTo(at);
                if (replay.Row is var row and >= 0)
                {
                    ofRow[row] = subject;
                }
            }
            _population.ScoreBy(
                _scan._filters[cutOff],
                _scan._filterModel,
                _scan._models,
                at,
                (row, scores) =>
                {
                    var subject = ofRow[row];
                    if (subject.Times.IsLookedAt(_population, row, at, query.Horizon, out var wait))
                    {
                        into.Add(subject.Number, scores, wait);
                    }
                    else
                    {
                        into.LeftOut++;
                    }
                }
            );
        }
    }
}
