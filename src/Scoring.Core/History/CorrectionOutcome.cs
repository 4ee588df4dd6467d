namespace Scoring.Core.History;

/// <summary>What became of the correction of an event.</summary>
public enum CorrectionOutcome
{
    /// <summary>The event counts no more, and its replacement counts instead, if there is one.</summary>
    Corrected = 1,

    /// <summary>That had been done before.</summary>
    AlreadyCorrected = 2,

    /// <summary>Nothing is known of the customer.</summary>
    CustomerNotFound = 3,

    /// <summary>The customer has no such event.</summary>
    EventNotFound = 4,

    /// <summary>It cannot be corrected any more, or was received before events were kept one by one.</summary>
    BeforeHistory = 5,

    /// <summary>It may be one of a customer that was merged into this one, from before the merge, which cannot be corrected.</summary>
    BeforeMerge = 6,

    /// <summary>The customer has had a correction of this id that says something else.</summary>
    IdConflict = 7,

    /// <summary>The replacement would exceed a limit of the workspace; nothing was changed.</summary>
    LimitExceeded = 8,
}
