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
}
