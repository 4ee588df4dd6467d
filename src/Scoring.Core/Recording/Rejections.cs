namespace Scoring.Core.Recording;

/// <summary>What every host of the domain says of an element of a write that it did not take.</summary>
public static class Rejections
{
    /// <summary>Why an event was not counted.</summary>
    public static Rejection OfEvent(RecordOutcome outcome, int index) =>
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
                $"The workspace has {Limits.EventTypes:N0} event types that no model uses, its limit; use one of these types, or remove "
                    + "what nothing uses: scoring names prune."
            ),
            RecordOutcome.TooManyFeatures => new(
                index,
                RejectionReason.LimitExceeded,
                "feature",
                $"The workspace has {Limits.Features:N0} features, its limit; use one of these features, or remove what nothing uses: "
                    + "scoring names prune."
            ),
            RecordOutcome.TooManyCustomers => TooMany(index, "customer_id", "customers"),
            RecordOutcome.TooManyAccounts => TooMany(index, "account_id", "accounts"),
            RecordOutcome.TooManyFacts => new(
                index,
                RejectionReason.LimitExceeded,
                "customer_id",
                "The facts of the workspace's customers take as much memory as they may in one partition; use more partitions."
            ),
            RecordOutcome.RefusedBefore => Again(index),
            _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "Is not a refusal."),
        };

    /// <summary>An element is refused by a replay because it was refused for a limit when it was first applied.</summary>
    public static Rejection Again(int index) => new(index, RejectionReason.LimitExceeded, "", "Was refused before.");

    /// <summary>An element is of a customer who was merged into another one.</summary>
    public static Rejection OfMerged(int index, string survivorId) =>
        new(index, RejectionReason.CustomerMerged, "customer_id", survivorId);

    /// <summary>A customer has changed since what is to be done with it was worked out.</summary>
    public static Rejection OfChanged(int index) =>
        new(index, RejectionReason.CustomerChanged, "customer_id", "The customer has changed.");

    private static Rejection TooMany(int index, string field, string what) =>
        new(
            index,
            RejectionReason.LimitExceeded,
            field,
            $"The workspace has as many {what} as one partition may hold; use more partitions."
        );

    /// <summary>A customer brings more attribute keys than its workspace has room for.</summary>
    public static Rejection OfAttributes(int index) =>
        new(
            index,
            RejectionReason.LimitExceeded,
            "attributes",
            $"A workspace has at most {Limits.Attributes} attribute keys and this customer brings more; use keys that it has, or "
                + "free one by removing its value from every customer (give it an empty value)."
        );
}
