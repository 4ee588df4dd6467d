using Scoring.Core.Backend;
using Scoring.Core.History;
using Scoring.Core.Models;
using Scoring.Core.Populations;
using Scoring.Core.Scores;
using Scoring.Core.Time;
using Scoring.Core.Workspaces;
using Scoring.Engine.Workspaces;

namespace Scoring.Engine.Hosting;

/// <summary>Answers about the past: a customer's records come from the host that has its partition, and what they say is worked out here.</summary>
internal sealed class RoutedHistory(PartitionHost local, CustomerMerges merges)
{
    // Enough for each server to have something to read, and few enough to hold the records of.
    private const int ReadTogether = 16;

    /// <summary>As <see cref="Core.Backend.IScoringBackend.GetScoreHistoryAsync"/>.</summary>
    public async ValueTask<ScoreHistory?> ScoresAsync(ScoreHistoryQuery query, CancellationToken cancellationToken)
    {
        var workspace = local.Workspaces.Get(query.Workspace);
        var model = ModelOf(workspace, query.Model);
        return await merges.PastAsync(workspace, query.CustomerId, cancellationToken) is { } past
            ? ScoreHistory.Of(past, workspace.Settings, model, query.Times, query.KnownAt)
            : null;
    }

    /// <summary>Scores customers at an instant that lies before the newest event of some of them.</summary>
    public async ValueTask<IReadOnlyList<CustomerScore?>> ScoresAtAsync(
        ScoreQuery query,
        CancellationToken cancellationToken
    )
    {
        var workspace = local.Workspaces.Get(query.Workspace);
        var model = ModelOf(workspace, query.Model);
        var readTime = query.ReadTime!.Value;
        var scores = new CustomerScore?[query.CustomerIds.Count];
        var most = new ParallelOptions { MaxDegreeOfParallelism = ReadTogether, CancellationToken = cancellationToken };
        await Parallel.ForAsync(
            0,
            scores.Length,
            most,
            async (i, cancellation) =>
            {
                var past = await merges.PastAsync(workspace, query.CustomerIds[i], cancellation);
                scores[i] = past is null ? null : ScoreAt(past, readTime, workspace.Settings, model);
            }
        );
        return scores;
    }

    /// <summary>As <see cref="Core.Backend.IScoringBackend.ExplainScoreChangeAsync"/>.</summary>
    public async ValueTask<ScoreChange?> ChangeAsync(ScoreChangeQuery query, CancellationToken cancellationToken)
    {
        var workspace = local.Workspaces.Get(query.Workspace);
        var model = ModelOf(workspace, query.Model);
        var before = query.FromModel.Length == 0 ? model : ModelOf(workspace, query.FromModel);
        // Times of receipt are kept by the second, rounded up.
        var isToNow = query.To + TimeSpan.FromSeconds(1) > local.Clock.Now;
        return await merges.PastAsync(workspace, query.CustomerId, cancellationToken) is { } past
            ? ScoreChange.Between(past, workspace.Settings, before, model, query.From, query.To, isToNow)
            : null;
    }

    /// <summary>As <see cref="Core.Backend.IScoringBackend.ProjectScoreAsync"/>.</summary>
    public async ValueTask<ScoreProjection?> ProjectAsync(
        ScoreProjectionQuery query,
        CancellationToken cancellationToken
    )
    {
        var workspace = local.Workspaces.Get(query.Workspace);
        var model = ModelOf(workspace, query.Model);
        if (query.KeepBand.Length > 0 && PlaceOf(query.KeepBand, model) < 0)
        {
            throw Refusals.NoSuchBand(query.KeepBand, model, "keep_band");
        }
        if (await merges.PastAsync(workspace, query.CustomerId, cancellationToken) is not { } past)
        {
            return null;
        }
        var population = new Population(workspace.Settings);
        var replay = new CustomerReplay(past, population);
        replay.MoveToEnd();
        if (replay.Score(model, local.Clock.Now) is not { } now)
        {
            return null;
        }
        var crossings = population.Project(replay.Row, model, now.ReadTime, Instant.Max(query.Until, now.ReadTime));
        var band = PlaceOf(query.KeepBand.Length > 0 ? query.KeepBand : now.Band, model);
        var keeping =
            query.KeepDays == 0
                ? null
                : population.Keep(
                    replay.Row,
                    model,
                    now.ReadTime,
                    now.ReadTime + TimeSpan.FromDays(query.KeepDays),
                    band,
                    cancellationToken
                );
        return new(now, crossings, keeping);
    }

    private static int PlaceOf(string band, ScoringModel model) =>
        model.Bands.Select(of => of.Name).ToList().IndexOf(band);

    private static CustomerScore? ScoreAt(
        CustomerPast past,
        Instant readTime,
        WorkspaceSettings settings,
        ScoringModel model
    )
    {
        past.ThrowIfBefore(readTime, "read_time");
        var replay = new CustomerReplay(past, new Population(settings));
        replay.MoveTo(readTime);
        return replay.Score(model, readTime);
    }

    private ScoringModel ModelOf(EngineWorkspace workspace, string model) =>
        local.Models.Get(workspace.Number, workspace.Settings, ModelReference.Parse(model));
}
