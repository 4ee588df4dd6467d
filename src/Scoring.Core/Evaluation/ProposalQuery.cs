using System.Text.Json.Serialization;

namespace Scoring.Core.Evaluation;

/// <summary>Asks for weights of a model's terms that tell better what happened than those it has.</summary>
/// <param name="Evaluation">The model, what it is to tell, and all cut-offs, two at least; nothing is compared with.</param>
/// <param name="JudgedCutOffs">How many of the last cut-offs judge the weights and teach none, 1 or more.</param>
/// <param name="FreeSigns">Whether weights may have another sign than the model gives them.</param>
public sealed record ProposalQuery(EvaluationQuery Evaluation, int JudgedCutOffs, bool FreeSigns)
{
    /// <summary>How many cut-offs teach weights: the first ones, whose horizon is over when the first of those that judge is there.</summary>
    [JsonIgnore]
    public int TaughtCutOffs => Evaluation.KnownCutOffs(Evaluation.CutOffs[^JudgedCutOffs]);

    /// <summary>The first part, which teaches weights.</summary>
    [JsonIgnore]
    public EvaluationQuery First => Evaluation with { CutOffs = [.. Evaluation.CutOffs.Take(TaughtCutOffs)] };

    /// <summary>The second part, which judges them, and before it the first one, which teaches probabilities too.</summary>
    [JsonIgnore]
    public EvaluationQuery Both =>
        Evaluation with
        {
            CutOffs = [.. First.CutOffs, .. Evaluation.CutOffs.TakeLast(JudgedCutOffs)],
        };
}
