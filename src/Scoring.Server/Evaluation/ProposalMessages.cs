using Scoring.Core.Evaluation;
using Scoring.Server.Models;

namespace Scoring.Server.Evaluation;

/// <summary>Proposed weights in the words of the contract.</summary>
internal static class ProposalMessages
{
    public static V1.ModelProposal ToProto(WeightProposal proposal)
    {
        var message = new V1.ModelProposal
        {
            Draft = proposal.Draft is { } draft ? ModelMessages.ToProto(draft) : null,
            OutcomeCount = proposal.Outcomes,
            NeededOutcomeCount = proposal.NeededOutcomes,
            Evaluation = EvaluationMessages.ToProto(proposal.Evaluation),
        };
        if (proposal.Ridge is { } ridge)
        {
            message.Penalty = ridge;
        }
        message.Gaps.Add(proposal.Gaps.Select(ToProto));
        message.Weights.Add(
            proposal.Weights.Select(weight => new V1.ProposedWeight
            {
                Kind = ToProto(weight.Kind),
                BaseWeight = weight.BaseWeight,
                Weight = weight.Weight,
                Coefficient = weight.Coefficient,
                Deviation = weight.Deviation,
            })
        );
        message.TaughtCutOffs.Add(proposal.Taught.Select(EvaluationMessages.ToProto));
        message.Bands.Add(
            proposal.Bands.Select(band => new V1.ProposedBand
            {
                Name = band.Name,
                BaseShare = band.BaseShare,
                DraftShare = band.DraftShare,
            })
        );
        return message;
    }

    private static V1.ProposalGap ToProto(ProposalGap gap) =>
        gap switch
        {
            ProposalGap.TooFewPerWeight => V1.ProposalGap.TooFewPerWeight,
            ProposalGap.TooFewToJudge => V1.ProposalGap.TooFewToJudge,
            _ => V1.ProposalGap.NothingTells,
        };

    private static V1.ProposedWeightKind ToProto(ProposedWeightKind kind) =>
        kind switch
        {
            ProposedWeightKind.Fitted => V1.ProposedWeightKind.Fitted,
            ProposedWeightKind.Dropped => V1.ProposedWeightKind.Dropped,
            _ => V1.ProposedWeightKind.Kept,
        };
}
