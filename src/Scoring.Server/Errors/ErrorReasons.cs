namespace Scoring.Server.Errors;

/// <summary>The reasons of ErrorInfo, domain "scoring". They are part of the contract: programs branch on them.</summary>
internal static class ErrorReasons
{
    public const string Domain = "scoring";

    public const string FieldMissing = "FIELD_MISSING";
    public const string FieldTooLong = "FIELD_TOO_LONG";
    public const string FieldInvalid = "FIELD_INVALID";
    public const string OccurredAtInFuture = "OCCURRED_AT_IN_FUTURE";
    public const string EventIdConflict = "EVENT_ID_CONFLICT";
    public const string LimitExceeded = "LIMIT_EXCEEDED";
    public const string BatchTooLarge = "BATCH_TOO_LARGE";
    public const string AnswerTooLarge = "ANSWER_TOO_LARGE";
    public const string BodyTooLarge = "BODY_TOO_LARGE";
    public const string WorkspaceNotFound = "WORKSPACE_NOT_FOUND";
    public const string CustomerNotFound = "CUSTOMER_NOT_FOUND";
    public const string AccountNotFound = "ACCOUNT_NOT_FOUND";
    public const string ModelNotFound = "MODEL_NOT_FOUND";
    public const string AdjustmentNotFound = "ADJUSTMENT_NOT_FOUND";
    public const string SegmentNotFound = "SEGMENT_NOT_FOUND";
    public const string SegmentInUse = "SEGMENT_IN_USE";
    public const string ModelVersionNotFound = "MODEL_VERSION_NOT_FOUND";
    public const string ModelInUse = "MODEL_IN_USE";
    public const string ListExpired = "LIST_EXPIRED";
    public const string AccountInUse = "ACCOUNT_IN_USE";
    public const string CustomerMerged = "CUSTOMER_MERGED";
    public const string ReadTimeBeforeNewestEvent = "READ_TIME_BEFORE_NEWEST_EVENT";
    public const string BeforeHistory = "BEFORE_HISTORY";
    public const string EtagMismatch = "ETAG_MISMATCH";
    public const string Overloaded = "OVERLOADED";
    public const string StorageFull = "STORAGE_FULL";
    public const string Unavailable = "UNAVAILABLE";
    public const string CredentialsMissing = "CREDENTIALS_MISSING";
    public const string CredentialsInvalid = "CREDENTIALS_INVALID";
    public const string RoleMissing = "ROLE_MISSING";
    public const string RateLimited = "RATE_LIMITED";
    public const string ApiKeyNotFound = "API_KEY_NOT_FOUND";
    public const string Stopping = "STOPPING";
}
