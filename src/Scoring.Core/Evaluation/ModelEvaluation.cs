using Scoring.Core.Models;

namespace Scoring.Core.Evaluation;

/// <summary>How well scores of the past told what happened then.</summary>
/// <param name="CutOffs">Who was looked at, by cut-off.</param>
/// <param name="Models">The model that is judged, and behind it the one that it is compared with.</param>
/// <param name="Difference">The area of the first model less that of the second on the same customers; null where there is one model, or one has no area.</param>
/// <param name="Warnings">What may make this mean something else than it seems to.</param>
public sealed record ModelEvaluation(
    IReadOnlyList<EvaluatedCutOff> CutOffs,
    IReadOnlyList<EvaluatedModel> Models,
    AreaDifference? Difference,
    IReadOnlyList<EvaluationWarning> Warnings
)
{
    // So few are chance.
    private const int FewCustomers = 5;
    private const double NearlyAlways = 0.95;

    /// <summary>Works out what was asked for from the customers of all partitions.</summary>
    /// <param name="query">The query.</param>
    /// <param name="models">The models that are judged.</param>
    /// <param name="part">The customers.</param>
    /// <param name="cancellationToken">Stops working.</param>
    /// <param name="firstJudged">The place of the first cut-off that is judged; those before it only teach which probabilities scores become.</param>
    public static ModelEvaluation Of(
        EvaluationQuery query,
        IReadOnlyList<ScoringModel> models,
        EvaluationPart part,
        CancellationToken cancellationToken,
        int firstJudged = 0
    )
    {
        ScoredRows[] rows = [.. models.Select((_, model) => new ScoredRows(query, part, model, firstJudged))];
        var judged = new List<EvaluatedModel>();
        foreach (var (model, of) in models.Zip(rows))
        {
            judged.Add(of.Judge(model, cancellationToken));
        }
        return new(
            [.. EvaluatedCutOff.Of(query, part).Skip(firstJudged)],
            judged,
            rows is [var one, var two] ? AreaDifference.Of(one.All, two.All) : null,
            [.. Leaks(query, models, part), .. LateEvents(query, part)]
        );
    }

    private static IEnumerable<EvaluationWarning> Leaks(
        EvaluationQuery query,
        IReadOnlyList<ScoringModel> models,
        EvaluationPart part
    )
    {
        var outcome = (query.Outcome as OutcomeRule.OfEvent)?.EventType;
        for (var model = 0; model < models.Count; model++)
        {
            foreach (var type in ScoredTypes.Of(models[model]))
            {
                var (after, otherwise) = part.Types.GetValueOrDefault(type);
                if (type == outcome)
                {
                    // Of what may recur, earlier ones are a reason like any other.
                    if (query.Outcome is not OutcomeRule.OfEvent { CanRecur: true })
                    {
                        yield return new(EvaluationWarningKind.OutcomeIsScored, model, type, after);
                    }
                }
                else if (after >= FewCustomers && after >= NearlyAlways * (after + otherwise))
                {
                    yield return new(EvaluationWarningKind.OnlyAfterOutcome, model, type, after);
                }
            }
        }
    }

    private static IEnumerable<EvaluationWarning> LateEvents(EvaluationQuery query, EvaluationPart part)
    {
        var late = part.CutOffs.Sum(cutOff => cutOff.LateEvents);
        if (query.AsUnderstoodNow && late > 0)
        {
            yield return new(EvaluationWarningKind.CountsLateEvents, Model: null, "", late);
        }
        else if (late > part.CutOffs.Sum(cutOff => (long)cutOff.Count))
        {
            yield return new(EvaluationWarningKind.LeavesOutLateEvents, Model: null, "", late);
        }
    }
}
