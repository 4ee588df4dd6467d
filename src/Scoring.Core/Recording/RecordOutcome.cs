namespace Scoring.Core.Recording;

/// <summary>What became of one event.</summary>
public enum RecordOutcome
{
    /// <summary>Counted.</summary>
    Accepted,

    /// <summary>Had been counted before: same event id, same content.</summary>
    Duplicate,

    /// <summary>Not counted: the customer has had this event id with other content.</summary>
    Conflict,

    /// <summary>Not counted: the workspace has as many event types as it may.</summary>
    TooManyEventTypes,

    /// <summary>Not counted: the workspace has as many features as it may.</summary>
    TooManyFeatures,

    /// <summary>Not counted: it would bring a customer more than there may be.</summary>
    TooManyCustomers,

    /// <summary>Not counted: it would bring an account more than there may be.</summary>
    TooManyAccounts,

    /// <summary>Not counted: the facts of all customers take as much memory as they may.</summary>
    TooManyFacts,

    /// <summary>Not counted here: the customer was merged into another one, for whom it counts.</summary>
    Merged,

    /// <summary>Not counted: it was refused for a limit when it was first applied; only of a replay.</summary>
    RefusedBefore,
}
