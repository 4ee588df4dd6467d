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
        var (models, _, part) = await LookThroughAsync(
            query,
            model => other is null ? [query.Candidate ?? model] : [query.Candidate ?? model, other],
            progress,
            cancellationToken
        );
        return await Task.Run(() => ModelEvaluation.Of(query, models, part, cancellationToken), cancellationToken);
    }

    /// <summary>As <see cref="Core.Backend.IScoringBackend.ProposeWeightsAsync"/>.</summary>
    public async ValueTask<WeightProposal> ProposeAsync(ProposalQuery query, CancellationToken cancellationToken)
    {
        var (_, stored, first) = await LookThroughAsync(
            query.First,
            model => TermModels.Of(query.Evaluation.Candidate ?? model),
            progress: null,
            cancellationToken
        );
        // One version of the model for both parts.
        var pinned = query with
        {
            Evaluation = query.Evaluation with { Model = new ModelReference(stored.Name, stored.Version).ToString() },
        };
        var fitted = await Task.Run(
            () => FittedWeights.Of(pinned, query.Evaluation.Candidate ?? stored, first, cancellationToken),
            cancellationToken
        );
        var (_, _, second) = await LookThroughAsync(pinned.Both, _ => fitted.Judged, progress: null, cancellationToken);
        return await Task.Run(() => WeightProposal.Of(pinned, fitted, second, cancellationToken), cancellationToken);
    }

    /// <summary>Looks all customers through.</summary>
    /// <param name="query">The query.</param>
    /// <param name="modelsOf">By which models customers are scored, from the stored model that the query names.</param>
    /// <param name="progress">Told how far it is; null for nobody.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The models that customers were scored by, the stored one, and what was found.</returns>
    private async ValueTask<(
        IReadOnlyList<ScoringModel> Models,
        ScoringModel Stored,
        EvaluationPart Part
    )> LookThroughAsync(
        EvaluationQuery query,
        Func<ScoringModel, IReadOnlyList<ScoringModel>> modelsOf,
        IProgress<double>? progress,
        CancellationToken cancellationToken
    )
    {
        var workspace = local.Workspaces.Get(query.Workspace);
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
        (IReadOnlyList<ScoringModel> Models, ScoringModel Stored, EvaluationPart Part)? found = null;
        foreach (var partitions in questions.All.Chunk(PartitionsTogether))
        {
            var (parts, stored) = await questions.EachAsync(
                workspace,
                asked.Model,
                (host, some, model) =>
                    PartsOfAsync(
                        host,
                        new(Of(asked, workspace, some), model.Version, modelsOf(model), some, accounts),
                        cancellationToken
                    ),
                cancellationToken,
                partitions
            );
            if (found is null)
            {
                // One version of the model for all.
                asked = asked with
                {
                    Model = new ModelReference(stored.Name, stored.Version).ToString(),
                };
                var models = modelsOf(stored);
                found = (models, stored, new(query.CutOffs.Count, models.Count));
            }
            // In one order whichever hosts have the partitions, so that the same customers make the same folds.
            foreach (var (_, part) in parts.SelectMany(some => some).OrderBy(of => of.Partition))
            {
                found.Value.Part.Add(part);
            }
            progress?.Report((partitions[^1] + 1.0) / questions.All.Length);
        }
        return found!.Value;
    }

    /// <summary>The parts of partitions that a host has.</summary>
    private static async ValueTask<HostAnswer<IReadOnlyList<(int Partition, EvaluationPart Part)>>> PartsOfAsync(
        IPartitionHost host,
        EvaluationQuestion question,
        CancellationToken cancellationToken
    )
    {
        var answer = await host.EvaluateAsync(question, cancellationToken);
        return new(
            answer.Value is { } parts ? [.. question.Partitions.Except(answer.Absent).Zip(parts)] : null,
            answer.Absent,
            answer.HasOtherModel
        );
    }

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
