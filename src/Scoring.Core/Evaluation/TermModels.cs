using Scoring.Core.Models;

namespace Scoring.Core.Evaluation;

/// <summary>The values of a model's terms before their weights, as scores: what a term counts, with its half-life, steps and cap, is the score by a model of it alone.</summary>
public static class TermModels
{
    /// <summary>A model for each term, in their order.</summary>
    public static IReadOnlyList<ScoringModel> Of(ScoringModel model) =>
        [
            .. model.Terms.Select(term => new ScoringModel
            {
                // No adjustment is of a model without a name.
                Name = "",
                Terms = [term with { Weight = 1, Dimension = null }],
                TargetPoints = 100,
                Bands = model.Bands,
            }),
        ];
}
