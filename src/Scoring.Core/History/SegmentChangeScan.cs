using Scoring.Core.Models;
using Scoring.Core.Populations;
using Scoring.Core.Time;
using Scoring.Core.Workspaces;

namespace Scoring.Core.History;

/// <summary>Brings customers back at two instants, and tells how their scores changed, and who belonged to a segment.</summary>
/// <param name="query">Which segment and instants.</param>
/// <param name="model">The model that scores them.</param>
/// <param name="settings">The workspace.</param>
public sealed class SegmentChangeScan(SegmentChangeQuery query, ScoringModel model, WorkspaceSettings settings)
{
    /// <summary>Adds customers to a tally.</summary>
    /// <param name="customers">Their records, each once: as many as fit into memory together.</param>
    /// <param name="into">The tally.</param>
    /// <exception cref="InvalidDataException">A record is malformed.</exception>
    public void Add(IReadOnlyList<CustomerPast> customers, SegmentChangeTally into)
    {
        var population = new Population(settings);
        CustomerReplay[] replays = [.. customers.Select(past => new CustomerReplay(past, population, query.KnownAt))];
        var from = MembersAt(query.From, population, replays);
        var to = MembersAt(query.To, population, replays);
        for (var i = 0; i < replays.Length; i++)
        {
            into.Add(customers[i].CustomerId, from[i], to[i], query.Movers);
        }
    }

    private SegmentMember[] MembersAt(Instant instant, Population population, CustomerReplay[] replays)
    {
        foreach (var replay in replays)
        {
            replay.MoveTo(instant);
        }
        var belong = population.Select(query.Filter, model, instant);
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
