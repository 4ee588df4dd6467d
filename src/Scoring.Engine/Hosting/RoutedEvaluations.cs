using Scoring.Core.Evaluation;
using Scoring.Core.Filters;
using Scoring.Core.Models;
using Scoring.Core.Time;
using Scoring.Engine.Workspaces;

namespace Scoring.Engine.Hosting;

/// <summary>Judges models by what hosts find out of their customers: some partitions after others, so that it can be told how far it is, and stopped.</summary>
/// <param name="local">The host of this process.</param>
/// <param name="questions">Puts questions to all of them.</param>
internal sealed class RoutedEvaluations(PartitionHost local, RoutedQuestions questions)
{
    private const int PartitionsTogether = 8;

    /// <summary>As <see cref="Core.Backend.IScoringBackend.EvaluateModelAsync"/>.</summary>
    public async ValueTask<ModelEvaluation> EvaluateAsync(
        EvaluationQuery query,
        IProgress<double>? progress,
        CancellationToken cancellationToken
    )
    {
        var workspace = local.Workspaces.Get(query.Workspace);
        var other = query.Other is { } reference
            ? local.Models.Get(workspace.Number, workspace.Settings, ModelReference.Parse(reference))
            : null;
        var asked = query with { Workspace = workspace.Settings.Name };
        FilterRules.ThrowIfUnfit(query.Filter, workspace.Settings);
        // What accounts had at an instant was known then.
        var accounts = await questions.PastAccountsAsync(
            asked.Workspace,
            query.Filter,
            query.CutOffs,
            knownAt: null,
            cancellationToken
        );
        EvaluationPart? all = null;
        ScoringModel[] models = [];
        foreach (var partitions in questions.All.Chunk(PartitionsTogether))
        {
            var (parts, model) = await questions.EachAsync(
                workspace,
                asked.Model,
                (host, some, model) =>
                    host.EvaluateAsync(
                        new(
                            Of(asked, workspace, some),
                            model.Version,
                            Judged(query.Candidate ?? model, other),
                            some,
                            accounts
                        ),
                        cancellationToken
                    ),
                cancellationToken,
                partitions
            );
            // One version of the model for all.
            asked = asked with
            {
                Model = new ModelReference(model.Name, model.Version).ToString(),
            };
            models = Judged(query.Candidate ?? model, other);
            all ??= new(query.CutOffs.Count, models.Length);
            foreach (var part in parts.SelectMany(some => some))
            {
                all.Add(part);
            }
            progress?.Report((partitions[^1] + 1.0) / questions.All.Length);
        }
        return await Task.Run(() => ModelEvaluation.Of(query, models, all!, cancellationToken), cancellationToken);
    }

    private static ScoringModel[] Judged(ScoringModel model, ScoringModel? other) =>
        other is null ? [model] : [model, other];

    /// <summary>The query with what of its list concerns some partitions.</summary>
    private static EvaluationQuery Of(
        EvaluationQuery query,
        EngineWorkspace workspace,
        IReadOnlyList<int> partitions
    ) =>
        query.Outcome is OutcomeRule.OfList list
            ? query with
            {
                Outcome = new OutcomeRule.OfList(
                    new Dictionary<string, Instant>(
                        list.Customers.Where(customer => partitions.Contains(workspace.Hash.Of(customer.Key))),
                        StringComparer.Ordinal
                    )
                ),
            }
            : query;
}
