using Scoring.Core.Models;
using Scoring.Core.Populations;
using Scoring.Core.Time;
using Scoring.Core.Workspaces;

namespace Scoring.Core.History;

/// <summary>What a customer's score was.</summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="ModelName">The model.</param>
/// <param name="ModelVersion">Its version, by which all points are scored.</param>
/// <param name="Points">By time. Instants at which nothing was known of the customer have none.</param>
/// <param name="Trend">How the score moved over the points; null for fewer than three.</param>
public sealed record ScoreHistory(
    string CustomerId,
    string ModelName,
    int ModelVersion,
    IReadOnlyList<ScorePoint> Points,
    ScoreTrend? Trend
)
{
    /// <summary>Tells what a customer's score was.</summary>
    /// <param name="past">The customer's past.</param>
    /// <param name="settings">The workspace.</param>
    /// <param name="model">The model.</param>
    /// <param name="times">The instants, rising.</param>
    /// <param name="knownAt">What was received later is left out; null for nothing.</param>
    /// <exception cref="ScoringException"><see cref="ScoringError.BeforeHistory"/>.</exception>
    public static ScoreHistory Of(
        CustomerPast past,
        WorkspaceSettings settings,
        ScoringModel model,
        IReadOnlyList<Instant> times,
        Instant? knownAt
    )
    {
        past.ThrowIfBefore(times[0], "start_time");
        if (knownAt is { } known)
        {
            past.ThrowIfBefore(known, "known_at");
        }
        var replay = new CustomerReplay(past, new Population(settings), knownAt);
        var points = new List<ScorePoint>(times.Count);
        var before = 0L;
        foreach (var time in times)
        {
            replay.MoveTo(time);
            if (replay.Outline(model, time) is var (score, band, stage, momentum))
            {
                points.Add(new(time, score, band, stage, momentum, replay.Events - before));
                before = replay.Events;
            }
        }
        var trend = ScoreTrend.Through([.. points.Select(point => (point.Time, point.Score))]);
        return new(past.CustomerId, model.Name, model.Version, points, trend);
    }
}
