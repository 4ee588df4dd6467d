using Scoring.Core.Models;

namespace Scoring.Core.Evaluation;

/// <summary>Weights that are proposed for a model, and what speaks for them.</summary>
public sealed record WeightProposal
{
    /// <summary>The model with the new weights, not stored; null where there are <see cref="Gaps"/>.</summary>
    public ScoringModel? Draft { get; init; }

    /// <summary>Why there is no draft.</summary>
    public IReadOnlyList<ProposalGap> Gaps { get; init; } = [];

    /// <summary>What came of each term, in the order of the model; empty without a draft.</summary>
    public IReadOnlyList<ProposedWeight> Weights { get; init; } = [];

    /// <summary>How strongly large coefficients were penalised; null where nothing was fitted.</summary>
    public double? Ridge { get; init; }

    /// <summary>How many customers of the first part are of the rarer kind: those that it happened to, or those that it did not happen to.</summary>
    public int Outcomes { get; init; }

    /// <summary>How many of them there must be.</summary>
    public int NeededOutcomes { get; init; }

    /// <summary>Who was looked at in the first part, by cut-off.</summary>
    public required IReadOnlyList<EvaluatedCutOff> Taught { get; init; }

    /// <summary>How draft and model, in this order, tell the second part; the model alone where nothing was fitted.</summary>
    public required ModelEvaluation Evaluation { get; init; }

    /// <summary>Which share of the scores of the second part is in each band; empty without a draft.</summary>
    public IReadOnlyList<ProposedBand> Bands { get; init; } = [];

    /// <summary>Judges weights by the second part.</summary>
    /// <param name="query">The query.</param>
    /// <param name="fitted">The weights.</param>
    /// <param name="part">The customers at the cut-offs of both parts, scored by <see cref="FittedWeights.Judged"/>.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static WeightProposal Of(
        ProposalQuery query,
        FittedWeights fitted,
        EvaluationPart part,
        CancellationToken cancellationToken
    )
    {
        var evaluation = ModelEvaluation.Of(query.Both, fitted.Judged, part, cancellationToken, query.TaughtCutOffs);
        List<ProposalGap> gaps = [.. fitted.Gaps];
        if (evaluation.Models[0].Gaps.Any(gap => gap is EvidenceGap.TooFewHappened or EvidenceGap.TooFewDidNotHappen))
        {
            gaps.Add(ProposalGap.TooFewToJudge);
        }
        var isProposed = gaps.Count == 0;
        return new()
        {
            Draft = isProposed ? fitted.Draft : null,
            Gaps = gaps,
            Weights = isProposed ? fitted.Weights : [],
            Ridge = fitted.Ridge,
            Outcomes = fitted.Outcomes,
            NeededOutcomes = fitted.NeededOutcomes,
            Taught = fitted.CutOffs,
            Evaluation = evaluation,
            Bands = isProposed ? ProposedBand.Of(fitted.Model, [.. part.CutOffs.Skip(query.TaughtCutOffs)]) : [],
        };
    }
}
