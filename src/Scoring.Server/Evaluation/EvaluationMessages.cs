using Google.Protobuf.WellKnownTypes;
using Scoring.Core.Evaluation;
using Scoring.Server.Fields;

namespace Scoring.Server.Evaluation;

/// <summary>How well scores told what happened, in the words of the contract.</summary>
internal static class EvaluationMessages
{
    public static V1.ModelEvaluation ToProto(ModelEvaluation evaluation)
    {
        var message = new V1.ModelEvaluation
        {
            Difference = evaluation.Difference is { } difference
                ? new()
                {
                    Difference = difference.Difference,
                    LowerBound = difference.Lower,
                    UpperBound = difference.Upper,
                    PValue = difference.PValue,
                }
                : null,
        };
        message.CutOffs.Add(evaluation.CutOffs.Select(ToProto));
        message.Models.Add(evaluation.Models.Select(ToProto));
        message.Warnings.Add(
            evaluation.Warnings.Select(warning => new V1.EvaluationWarning
            {
                Kind = ToProto(warning.Kind),
                ModelName = warning.Model is { } model ? evaluation.Models[model].Name : "",
                EventType = warning.Subject,
                Count = warning.Count,
            })
        );
        return message;
    }

    public static V1.EvaluatedCutOff ToProto(EvaluatedCutOff cutOff) =>
        new()
        {
            Time = Instants.ToTimestamp(cutOff.Time),
            CustomerCount = cutOff.Customers,
            HappenedCount = cutOff.Happened,
            LeftOutCount = cutOff.LeftOut,
            LateEventCount = cutOff.LateEvents,
        };

    private static V1.EvaluatedModel ToProto(EvaluatedModel model)
    {
        var message = new V1.EvaluatedModel
        {
            ModelName = model.Name,
            ModelVersion = model.Version,
            Area = ToProto(model.Area),
            LeadTime = ToProto(model.Lead),
            Calibration = model is { Calibration: { } calibration, BaseLogLoss: { } baseLoss }
                ? ToProto(calibration, baseLoss)
                : null,
        };
        if (model.AveragePrecision is { } precision)
        {
            message.AveragePrecision = precision;
        }
        message.CutOffs.Add(model.CutOffs.Select(area => new V1.CutOffArea { Area = ToProto(area) }));
        message.Gaps.Add(model.Gaps.Select(ToProto));
        message.Tenths.Add(
            model.Lifts.Select(lift => new V1.LiftTenth
            {
                Count = lift.Count,
                HappenedCount = lift.Positives,
                Lift = lift.Value,
                Captured = lift.Captured,
            })
        );
        return message;
    }

    private static V1.AreaUnderRoc? ToProto(AreaUnderRoc? area) =>
        area is null
            ? null
            : new()
            {
                Area = area.Area,
                LowerBound = area.Lower,
                UpperBound = area.Upper,
            };

    private static V1.ScoreCalibration ToProto(Calibration calibration, double baseLogLoss)
    {
        var message = new V1.ScoreCalibration
        {
            Brier = calibration.Brier,
            LogLoss = calibration.LogLoss,
            BaseLogLoss = baseLogLoss,
        };
        message.Bins.Add(
            calibration.Bins.Select(bin => new V1.CalibrationBin
            {
                Count = bin.Count,
                Predicted = bin.Predicted,
                Observed = bin.Observed,
            })
        );
        return message;
    }

    private static V1.LeadTime ToProto(LeadTime lead) =>
        new()
        {
            HappenedCount = lead.Happened,
            WarnedCount = lead.Warned,
            Median = lead.Median?.ToDuration(),
            LowerQuartile = lead.LowerQuartile?.ToDuration(),
            UpperQuartile = lead.UpperQuartile?.ToDuration(),
        };

    private static V1.EvidenceGap ToProto(EvidenceGap gap) =>
        gap switch
        {
            EvidenceGap.TooFewHappened => V1.EvidenceGap.TooFewHappened,
            EvidenceGap.TooFewDidNotHappen => V1.EvidenceGap.TooFewDidNotHappen,
            EvidenceGap.IntervalTooWide => V1.EvidenceGap.IntervalTooWide,
            _ => V1.EvidenceGap.NoErrors,
        };

    private static V1.EvaluationWarningKind ToProto(EvaluationWarningKind kind) =>
        kind switch
        {
            EvaluationWarningKind.OutcomeIsScored => V1.EvaluationWarningKind.OutcomeIsScored,
            EvaluationWarningKind.OnlyAfterOutcome => V1.EvaluationWarningKind.OnlyAfterOutcome,
            EvaluationWarningKind.CountsLateEvents => V1.EvaluationWarningKind.CountsLateEvents,
            _ => V1.EvaluationWarningKind.LeavesOutLateEvents,
        };
}
