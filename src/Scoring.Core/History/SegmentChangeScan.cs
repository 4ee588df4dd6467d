using Scoring.Core.Filters;
using Scoring.Core.Models;
using Scoring.Core.Populations;
using Scoring.Core.Time;
using Scoring.Core.Workspaces;

namespace Scoring.Core.History;

/// <summary>Brings customers back at two instants, and tells how their scores changed, and who belonged to a segment.</summary>
/// <param name="query">Which instants.</param>
/// <param name="filterBefore">Who belongs to the segment at the first instant.</param>
/// <param name="filter">Who belongs to it at the second.</param>
/// <param name="model">The model that scores them.</param>
/// <param name="settings">The workspace.</param>
public sealed class SegmentChangeScan(
    SegmentChangeQuery query,
    Filter filterBefore,
    Filter filter,
    ScoringModel model,
    WorkspaceSettings settings
)
{
    private readonly Dictionary<Term, int> _places = PlacesOf(model);

    /// <summary>Adds customers to a tally.</summary>
    /// <param name="customers">Their records, each once: as many as fit into memory together.</param>
    /// <param name="into">The tally.</param>
    /// <exception cref="InvalidDataException">A record is malformed.</exception>
    public void Add(IReadOnlyList<CustomerPast> customers, SegmentChangeTally into)
    {
        var population = new Population(settings);
        CustomerReplay[] replays = [.. customers.Select(past => new CustomerReplay(past, population, query.KnownAt))];
        var from = MembersAt(query.From, filterBefore, population, replays);
        var to = MembersAt(query.To, filter, population, replays);
        for (var i = 0; i < replays.Length; i++)
        {
            into.Add(customers[i].CustomerId, from[i], to[i], query.Movers);
        }
        if (query.WithParts)
        {
            AddParts([.. customers.Where((_, i) => from[i].Belongs && to[i].Belongs)], into);
        }
    }

    /// <summary>Adds why the scores of those who stayed changed.</summary>
    private void AddParts(CustomerPast[] stayed, SegmentChangeTally into)
    {
        var (first, second) = (ReplaysTo(query.From, stayed), ReplaysTo(query.To, stayed));
        for (var i = 0; i < stayed.Length; i++)
        {
            var ledger = ScoreLedger.Of(first[i], second[i], settings, model, model, query.From, query.To);
            foreach (var part in ledger!.Value.Change.Parts)
            {
                var subject = part.Kind == ScoreChangeKind.Merge ? "" : part.Subject;
                var term = part.Term is null ? -1 : _places[part.Term];
                into.Add(new(part.Kind, term, subject, 1, part.Events, part.Micros));
            }
        }
    }

    private CustomerReplay[] ReplaysTo(Instant instant, CustomerPast[] customers)
    {
        var population = new Population(settings);
        return Array.ConvertAll(
            customers,
            past =>
            {
                var replay = new CustomerReplay(past, population, query.KnownAt);
                replay.MoveTo(instant);
                return replay;
            }
        );
    }

    private static Dictionary<Term, int> PlacesOf(ScoringModel model)
    {
        var places = new Dictionary<Term, int>(ReferenceEqualityComparer.Instance);
        for (var place = 0; place < model.Terms.Count; place++)
        {
            places.Add(model.Terms[place], place);
        }
        return places;
    }

    private SegmentMember[] MembersAt(Instant instant, Filter members, Population population, CustomerReplay[] replays)
    {
        foreach (var replay in replays)
        {
            replay.MoveTo(instant);
        }
        var belong = population.Select(members, model, instant);
        return
        [
            .. replays.Select(replay =>
                replay.Outline(model, instant) is { } outline
                    ? new SegmentMember(ScoreChange.MicrosOf(outline.Score), belong[replay.Row])
                    : default
            ),
        ];
    }
}
