namespace Scoring.Core.Recording;

/// <summary>Why one element of a batch was not taken.</summary>
public enum RejectionReason
{
    /// <summary>A required field is empty.</summary>
    FieldMissing,

    /// <summary>A field is longer than its bound.</summary>
    FieldTooLong,

    /// <summary>A field has a value outside its range, or characters that it may not have.</summary>
    FieldInvalid,

    /// <summary>The event lies further ahead of the clock than the tolerated skew.</summary>
    OccurredAtInFuture,

    /// <summary>The customer has had an event of this id with other content.</summary>
    EventIdConflict,

    /// <summary>The element would exceed a limit of the workspace.</summary>
    LimitExceeded,

    /// <summary>The customer was merged into another one; the message is the survivor's id. The router sends the element on, so callers do not see it.</summary>
    CustomerMerged,

    /// <summary>The customer is not what it was when what is to be done with it was worked out. The router works it out again, so callers do not see it.</summary>
    CustomerChanged,
}
