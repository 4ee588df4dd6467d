using Scoring.Core;
using Scoring.Core.Recording;

namespace Scoring.Engine.Partitions;

/// <summary>Says why an event was not counted.</summary>
internal static class EventRejections
{
    public static Rejection Of(RecordOutcome outcome, int index) =>
        outcome switch
        {
            RecordOutcome.Conflict => new(
                index,
                RejectionReason.EventIdConflict,
                "event_id",
                "The customer has had an event of this event_id with other content; give every event an id of its own."
            ),
            RecordOutcome.TooManyEventTypes => new(
                index,
                RejectionReason.LimitExceeded,
                "type",
                $"The workspace has {Limits.EventTypes:N0} event types, its limit; use one of these types."
            ),
            RecordOutcome.TooManyFeatures => new(
                index,
                RejectionReason.LimitExceeded,
                "feature",
                $"The workspace has {Limits.Features:N0} features, its limit; use one of these features."
            ),
            _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "Is not a refusal."),
        };
}
