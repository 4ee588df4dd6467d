namespace Scoring.Rpc;

/// <summary>How a call ended. Numbers and meanings are those of <c>google.rpc.Code</c>.</summary>
public enum StatusCode
{
    /// <summary>The call succeeded.</summary>
    Ok = 0,

    /// <summary>The caller gave the call up.</summary>
    Cancelled = 1,

    /// <summary>An error of which nothing more is known.</summary>
    Unknown = 2,

    /// <summary>The request is wrong whatever the state of the system.</summary>
    InvalidArgument = 3,

    /// <summary>The deadline passed before the call was done; its effects may or may not have happened.</summary>
    DeadlineExceeded = 4,

    /// <summary>What the request names does not exist.</summary>
    NotFound = 5,

    /// <summary>What the request would create exists already.</summary>
    AlreadyExists = 6,

    /// <summary>The caller is known and may not do this.</summary>
    PermissionDenied = 7,

    /// <summary>A quota, a size limit or a bounded queue is used up.</summary>
    ResourceExhausted = 8,

    /// <summary>The system is not in the state that the request needs; retrying does not help before that changes.</summary>
    FailedPrecondition = 9,

    /// <summary>A concurrent change got in the way; retry at a higher level.</summary>
    Aborted = 10,

    /// <summary>The request goes past the valid range, which may change with the state of the system.</summary>
    OutOfRange = 11,

    /// <summary>The server does not have this method, or not this form of it.</summary>
    Unimplemented = 12,

    /// <summary>An invariant is broken; a defect of the server or of the transport.</summary>
    Internal = 13,

    /// <summary>The server cannot serve at the moment; retry after a pause.</summary>
    Unavailable = 14,

    /// <summary>Data is lost or corrupted beyond recovery.</summary>
    DataLoss = 15,

    /// <summary>The caller did not prove who it is.</summary>
    Unauthenticated = 16,
}
