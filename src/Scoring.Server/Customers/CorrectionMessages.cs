using Scoring.Core.History;
using Scoring.Server.Fields;
using Outcome = Scoring.V1.CorrectionOutcome;

namespace Scoring.Server.Customers;

/// <summary>What became of corrections, in the words of the contract.</summary>
internal static class CorrectionMessages
{
    public static V1.EventCorrectionResult ToProto(CorrectionResult result)
    {
        var (outcome, message) = result.Outcome switch
        {
            CorrectionOutcome.Corrected => (Outcome.Corrected, ""),
            CorrectionOutcome.AlreadyCorrected => (Outcome.AlreadyCorrected, ""),
            CorrectionOutcome.CustomerNotFound => (Outcome.CustomerNotFound, "Nothing is known of the customer."),
            CorrectionOutcome.EventNotFound => (
                Outcome.EventNotFound,
                "The customer has no event of this type, occurred_at, value and feature. ExportEvents tells what it has."
            ),
            CorrectionOutcome.BeforeHistory => (
                Outcome.BeforeHistory,
                $"Events that were received from {result.Since} on can be corrected; this one was not, or is none."
            ),
            CorrectionOutcome.BeforeMerge => (
                Outcome.BeforeMerge,
                $"The customer has no such event of its own. Others were merged into it, the last at {result.Since}; what they did before that cannot be corrected."
            ),
            CorrectionOutcome.IdConflict => (
                Outcome.IdConflict,
                "The customer has had a correction of this correction_id that says something else; give every correction an id of its own."
            ),
            CorrectionOutcome.LimitExceeded => (Outcome.LimitExceeded, result.Message),
            _ => throw new ArgumentOutOfRangeException(
                nameof(result),
                result.Outcome,
                "not an outcome of the contract"
            ),
        };
        return new()
        {
            Outcome = outcome,
            Message = message,
            Since = result.Since is { } since ? Instants.ToTimestamp(since) : null,
        };
    }
}
