using System.Collections.Concurrent;
using Scoring.Core.Filters;
using Scoring.Core.History;
using Scoring.Core.Models;
using Scoring.Engine.Workspaces;

namespace Scoring.Engine.Hosting;

/// <summary>Answers how the scores of segments changed: hosts look at everybody, and why somebody's score moved is worked out here for those few who are named.</summary>
/// <param name="local">The host of this process.</param>
/// <param name="questions">Puts questions to all of them.</param>
internal sealed class RoutedChanges(PartitionHost local, RoutedQuestions questions)
{
    private const int PastsTogether = 4;

    /// <summary>As <see cref="Core.Backend.IScoringBackend.ListMoversAsync"/>.</summary>
    public async ValueTask<SegmentMovers> MoversAsync(SegmentChangeQuery query, CancellationToken cancellationToken)
    {
        var workspace = local.Workspaces.Get(query.Workspace);
        var (tally, model) = await TallyAsync(workspace, query, cancellationToken);
        var changes = await ChangesAsync(
            workspace,
            model,
            query,
            [.. tally.Risers, .. tally.Fallers],
            cancellationToken
        );
        // Somebody's past may have changed since it was looked at first.
        return new(
            model.Name,
            model.Version,
            tally,
            [
                .. changes
                    .Where(of => of.Micros > 0)
                    .OrderByDescending(of => of.Micros)
                    .ThenBy(IdOf, StringComparer.Ordinal),
            ],
            [.. changes.Where(of => of.Micros < 0).OrderBy(of => of.Micros).ThenBy(IdOf, StringComparer.Ordinal)]
        );

        static string IdOf(ScoreChange change) => change.CustomerId;
    }

    /// <summary>As <see cref="Core.Backend.IScoringBackend.ExplainSegmentChangeAsync"/>.</summary>
    public async ValueTask<SegmentChange> ExplainAsync(SegmentChangeQuery query, CancellationToken cancellationToken)
    {
        var asked = query with { Movers = 0, WithParts = true };
        var (tally, model) = await TallyAsync(local.Workspaces.Get(query.Workspace), asked, cancellationToken);
        return new(model, tally);
    }

    private async Task<(SegmentChangeTally Tally, ScoringModel Model)> TallyAsync(
        EngineWorkspace workspace,
        SegmentChangeQuery query,
        CancellationToken cancellationToken
    )
    {
        FilterRules.ThrowIfUnfit(query.Filter, workspace.Settings);
        var accounts = await questions.PastAccountsAsync(
            query.Workspace,
            query.Filter,
            [query.From, query.To],
            query.KnownAt,
            cancellationToken
        );
        var (answers, model) = await questions.EachAsync(
            workspace,
            query.Model,
            (host, partitions, model) =>
                host.TallyChangeAsync(
                    new SegmentChangeQuestion(query, model.Version, partitions, accounts),
                    cancellationToken
                ),
            cancellationToken
        );
        var all = new SegmentChangeTally();
        foreach (var answer in answers)
        {
            all.Add(answer, query.Movers);
        }
        return (all, model);
    }

    /// <summary>Why the scores of some customers moved; nothing of those who are deleted meanwhile, or merged into others.</summary>
    private async Task<IReadOnlyCollection<ScoreChange>> ChangesAsync(
        EngineWorkspace workspace,
        ScoringModel model,
        SegmentChangeQuery query,
        IReadOnlyList<ScoreMover> movers,
        CancellationToken cancellationToken
    )
    {
        var changes = new ConcurrentBag<ScoreChange>();
        await Parallel.ForEachAsync(
            movers,
            new ParallelOptions { MaxDegreeOfParallelism = PastsTogether, CancellationToken = cancellationToken },
            async (mover, token) =>
            {
                var past = await questions.PastAsync(workspace.Settings.Name, mover.CustomerId, token);
                if (
                    past is not null
                    && ScoreChange.KnownAt(past, workspace.Settings, model, query.From, query.To, query.KnownAt)
                        is { From: not null } change
                )
                {
                    changes.Add(change);
                }
            }
        );
        return changes;
    }
}
