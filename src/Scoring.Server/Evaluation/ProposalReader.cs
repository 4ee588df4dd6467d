using Grpc.Core;
using Scoring.Core.Backend;
using Scoring.Core.Evaluation;
using Scoring.Server.Errors;

namespace Scoring.Server.Evaluation;

/// <summary>Proposes weights by the past.</summary>
internal sealed class ProposalReader(IScoringBackend backend, EvaluationReader evaluations)
{
    private const int FewestCutOffs = 2;

    public async Task<V1.ModelProposal> GetAsync(V1.ProposeScoringModelRequest request, ServerCallContext context) =>
        ProposalMessages.ToProto(await ProposeAsync(Read(request, context), context.CancellationToken));

    private Task<WeightProposal> ProposeAsync(ProposalQuery query, CancellationToken cancellationToken) =>
        EvaluationReader.OfCutOffsAsync(() => backend.ProposeWeightsAsync(query, cancellationToken));

    private ProposalQuery Read(V1.ProposeScoringModelRequest request, ServerCallContext context)
    {
        var evaluation = evaluations.Read(
            new()
            {
                Workspace = request.Workspace,
                Model = request.Model,
                ModelVersion = request.ModelVersion,
                Candidate = request.Candidate,
                Filter = request.Filter,
                Segment = request.Segment,
                Outcome = request.Outcome,
                HorizonDays = request.HorizonDays,
                LastCutOff = request.LastCutOff,
                CutOffCount = request.CutOffCount,
                CutOffIntervalDays = request.CutOffIntervalDays,
                HighScoresExpectIt = request.HighScoresExpectIt,
                AsUnderstoodNow = request.AsUnderstoodNow,
            },
            context
        );
        var count = evaluation.CutOffs.Count;
        if (count < FewestCutOffs)
        {
            throw CallErrors.From(
                FieldFault.Invalid("cut_off_count", "must be 2 at least: some teach the weights, others judge them")
            );
        }
        var judged = request.JudgedCutOffCount == 0 ? (count + 2) / 3 : request.JudgedCutOffCount;
        if (judged < 1 || judged >= count)
        {
            throw CallErrors.From(FieldFault.Invalid("judged_cut_off_count", $"must be 1 to {count - 1}"));
        }
        var query = new ProposalQuery(evaluation, judged, request.FreeSigns);
        return query.TaughtCutOffs > 0
            ? query
            : throw CallErrors.From(
                FieldFault.Invalid(
                    "cut_off_count",
                    $"must reach further back: no cut-off has a horizon that is over at {evaluation.CutOffs[^judged]}, when the second part begins"
                )
            );
    }
}
