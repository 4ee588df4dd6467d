namespace Scoring.Core;

/// <summary>Why a call to a backend could not be answered.</summary>
public enum ScoringError
{
    /// <summary>No workspace of this name is configured.</summary>
    WorkspaceNotFound,

    /// <summary>Nothing is known of the customer.</summary>
    CustomerNotFound,

    /// <summary>The account was never upserted and no customer belongs to it.</summary>
    AccountNotFound,

    /// <summary>The workspace has no model of this name.</summary>
    ModelNotFound,

    /// <summary>The read time lies before the newest event of what is read.</summary>
    ReadTimeBeforeNewestEvent,

    /// <summary>A field of the call is wrong.</summary>
    InvalidArgument,

    /// <summary>The model was changed since the version that the caller had read.</summary>
    ModelVersionConflict,

    /// <summary>A limit of the workspace would be exceeded.</summary>
    LimitExceeded,

    /// <summary>A queue is at its bound; nothing of the call was taken.</summary>
    Overloaded,

    /// <summary>The store has no room; nothing of the call was taken.</summary>
    StorageFull,

    /// <summary>The store cannot be used at the moment; the outcome of a write is unknown.</summary>
    Unavailable,

    /// <summary>The model has no such version, or it is forgotten.</summary>
    ModelVersionNotFound,

    /// <summary>The model cannot be deleted, because something needs it.</summary>
    ModelInUse,

    /// <summary>The account cannot be deleted, because customers belong to it.</summary>
    AccountInUse,

    /// <summary>A list is kept no more; ask for it anew.</summary>
    ListExpired,

    /// <summary>The customer was merged into another one than asked for.</summary>
    CustomerMerged,

    /// <summary>The customer's score is not adjusted in the model.</summary>
    AdjustmentNotFound,

    /// <summary>An instant lies before that from which on the past is kept.</summary>
    BeforeHistory,
}
