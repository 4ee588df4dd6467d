using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Scoring.Core;
using Scoring.Core.Recording;
using Scoring.Server.Settings.Values;
using Duration = Google.Protobuf.WellKnownTypes.Duration;

namespace Scoring.Server.Errors;

/// <summary>The one place where what went wrong becomes a status with google.rpc details.</summary>
internal static class CallErrors
{
    /// <summary>A status travels in headers; what makes them too long would be left out whole.</summary>
    private const int BytesOfViolations = 1_200;

    // So many names fit as well.
    private const int MostNamed = 10;

    private static readonly TimeSpan RetryAfterOverload = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan RetryAfterOutage = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryAfterFullStore = TimeSpan.FromSeconds(5);

    /// <summary>The status of a request that is no message of its type.</summary>
    public static RpcException Malformed(string reason) =>
        new(
            new Grpc.Core.Status(
                StatusCode.InvalidArgument,
                $"The request cannot be read as a protobuf message: {reason}"
            )
        );

    /// <summary>The status of an error of the backend.</summary>
    public static RpcException From(ScoringException error)
    {
        var (code, reason, subjectKey) = error.Error switch
        {
            ScoringError.WorkspaceNotFound => (StatusCode.NotFound, ErrorReasons.WorkspaceNotFound, "workspace"),
            ScoringError.CustomerNotFound => (StatusCode.NotFound, ErrorReasons.CustomerNotFound, "customer_id"),
            ScoringError.AccountNotFound => (StatusCode.NotFound, ErrorReasons.AccountNotFound, "account_id"),
            ScoringError.ModelNotFound => (StatusCode.NotFound, ErrorReasons.ModelNotFound, "model"),
            ScoringError.AdjustmentNotFound => (StatusCode.NotFound, ErrorReasons.AdjustmentNotFound, "model"),
            ScoringError.ModelVersionNotFound => (StatusCode.NotFound, ErrorReasons.ModelVersionNotFound, "model"),
            ScoringError.AccountInUse => (StatusCode.FailedPrecondition, ErrorReasons.AccountInUse, "account"),
            ScoringError.CustomerMerged => (StatusCode.FailedPrecondition, ErrorReasons.CustomerMerged, "customer_id"),
            ScoringError.ModelInUse => (StatusCode.FailedPrecondition, ErrorReasons.ModelInUse, "model"),
            ScoringError.ListExpired => (StatusCode.FailedPrecondition, ErrorReasons.ListExpired, null),
            ScoringError.ReadTimeBeforeNewestEvent => (
                StatusCode.FailedPrecondition,
                ErrorReasons.ReadTimeBeforeNewestEvent,
                "subject"
            ),
            ScoringError.BeforeHistory => (StatusCode.OutOfRange, ErrorReasons.BeforeHistory, "kept_since"),
            ScoringError.InvalidArgument => (StatusCode.InvalidArgument, ErrorReasons.FieldInvalid, null),
            ScoringError.LimitExceeded => (StatusCode.FailedPrecondition, ErrorReasons.LimitExceeded, "subject"),
            ScoringError.ModelVersionConflict => (StatusCode.Aborted, ErrorReasons.EtagMismatch, "model"),
            ScoringError.Overloaded => (StatusCode.ResourceExhausted, ErrorReasons.Overloaded, null),
            ScoringError.StorageFull => (StatusCode.ResourceExhausted, ErrorReasons.StorageFull, null),
            _ => (StatusCode.Unavailable, ErrorReasons.Unavailable, default(string)),
        };
        TimeSpan? pause = reason switch
        {
            ErrorReasons.Overloaded => RetryAfterOverload,
            ErrorReasons.StorageFull => RetryAfterFullStore,
            ErrorReasons.Unavailable => RetryAfterOutage,
            _ => null,
        };
        var isOfField =
            error.Error
            is ScoringError.InvalidArgument
                or ScoringError.LimitExceeded
                or ScoringError.ListExpired
                or ScoringError.BeforeHistory;
        return Status(
            code,
            error.Message,
            Info(reason, subjectKey, error.Subject),
            isOfField && error.Field is { } field ? BadRequestOf(field, error.Message) : null,
            pause is { } ordinary ? Retry(error.RetryAfter ?? ordinary) : null
        );
    }

    /// <summary>The status of a request whose fields are wrong.</summary>
    /// <param name="faults">What is wrong, at least one; the first gives the reason.</param>
    public static RpcException From(params IReadOnlyList<FieldFault> faults)
    {
        var request = new BadRequest();
        var named = faults.TakeWhile(_ => request.CalculateSize() < BytesOfViolations);
        foreach (var fault in named)
        {
            request.FieldViolations.Add(Violation(fault.Field, fault.Message));
        }
        var count = request.FieldViolations.Count;
        var message = string.Join("; ", faults.Take(count).Select(fault => fault.Sentence));
        var rest = count < faults.Count ? $"; and {faults.Count - count} more" : "";
        var (code, reason) = CodeOf(faults[0].Reason);
        return Status(code, message + rest, Info(reason), request);
    }

    /// <summary>Throws the status of a fault, if there is one.</summary>
    public static void ThrowIf(FieldFault? fault)
    {
        if (fault is not null)
        {
            throw From(fault);
        }
    }

    /// <summary>Throws the status of all faults that checks found, if there are any.</summary>
    public static void ThrowIf(params IReadOnlyList<FieldFault?> checks)
    {
        FieldFault[] faults = [.. checks.OfType<FieldFault>()];
        if (faults.Length > 0)
        {
            throw From(faults);
        }
    }

    /// <summary>The status of a batch that is larger than a call may be.</summary>
    public static RpcException BatchTooLarge(string field, int count, int limit, string advice) =>
        TooLarge(
            ErrorReasons.BatchTooLarge,
            field,
            $"has {count:N0} elements where a call may have {limit:N0}; {advice}",
            limit
        );

    /// <summary>The status of a question whose answer would be larger than a message may be.</summary>
    public static RpcException AnswerTooLarge(string field, int size, int limit, string advice) =>
        TooLarge(
            ErrorReasons.AnswerTooLarge,
            field,
            $"asks for too much at once: the answer would have {size:N0} bytes where a message may have {limit:N0}; {advice}",
            limit
        );

    /// <summary>The status of a request, as JSON or as a message, that is larger than a message may be.</summary>
    public static RpcException BodyTooLarge(int limit) =>
        Status(
            StatusCode.ResourceExhausted,
            $"The request is larger than {limit:N0} bytes, the most that a call may have; send less at a time or raise Scoring:MaxMessageBytes.",
            Info(ErrorReasons.BodyTooLarge, "limit", limit.ToString(CultureInfo.InvariantCulture))
        );

    /// <summary>The status of a call that does not say whose it is.</summary>
    public static RpcException CredentialsMissing(IEnumerable<AuthenticationKind> kinds) =>
        Status(
            StatusCode.Unauthenticated,
            $"This server wants to know who calls: send {string.Join(" or ", kinds.Select(Wanted))}.",
            Info(ErrorReasons.CredentialsMissing)
        );

    /// <summary>The status of a call whose credentials do not hold.</summary>
    /// <param name="fault">What is wrong with them, as a sentence.</param>
    public static RpcException CredentialsInvalid(string fault) =>
        Status(StatusCode.Unauthenticated, fault, Info(ErrorReasons.CredentialsInvalid));

    /// <summary>The status of a call with a token, whose provider does not answer.</summary>
    public static RpcException ProviderUnavailable() =>
        Status(
            StatusCode.Unavailable,
            "The provider of tokens cannot be asked for its keys at the moment.",
            Info(ErrorReasons.Unavailable),
            Retry(RetryAfterOutage)
        );

    /// <summary>The status of a call that its caller may not make. It is the same whether there is such a workspace or not.</summary>
    /// <param name="role">The role that is needed.</param>
    /// <param name="workspace">Where; null for any workspace.</param>
    public static RpcException RoleMissing(V1.Role role, string? workspace)
    {
        var name = AccessGrant.NameOf(role);
        var info = Info(ErrorReasons.RoleMissing, "role", name);
        var where = workspace switch
        {
            null => "",
            AccessGrant.AnyWorkspace => " in all workspaces",
            _ => $" in workspace '{workspace}'",
        };
        if (workspace is not null)
        {
            info.Metadata["workspace"] = workspace;
        }
        return Status(
            StatusCode.PermissionDenied,
            $"The call needs the role {name}{where}, which its caller does not have.",
            info
        );
    }

    /// <summary>The status of a call that is more than its key allows.</summary>
    /// <param name="what">What there is too much of, in the plural.</param>
    /// <param name="retryAfter">When there is room again.</param>
    public static RpcException RateLimited(string what, TimeSpan retryAfter) =>
        Status(
            StatusCode.ResourceExhausted,
            $"The API key allows no more {what} at the moment.",
            Info(ErrorReasons.RateLimited, "limit", what),
            Retry(retryAfter)
        );

    /// <summary>The status of a question about a key that is not there.</summary>
    public static RpcException ApiKeyNotFound(string id) =>
        Status(
            StatusCode.NotFound,
            $"There is no API key '{id}' that you could revoke. ListApiKeys names those there are.",
            Info(ErrorReasons.ApiKeyNotFound, "key_id", id)
        );

    /// <summary>The status of a question about a saved segment that is not there.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="nearest">A sentence that names those that are near.</param>
    public static RpcException SegmentNotFound(string name, string nearest) =>
        Status(
            StatusCode.NotFound,
            $"There is no saved segment '{name}'.{nearest} ListSegments names those there are.",
            Info(ErrorReasons.SegmentNotFound, "segment", name)
        );

    /// <summary>The status of an attempt to delete a saved segment that others use.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="users">Those that use it.</param>
    public static RpcException SegmentInUse(string name, IReadOnlyList<string> users)
    {
        var few = string.Join(", ", users.Take(MostNamed));
        var rest = users.Count > MostNamed ? $" and {users.Count - MostNamed} more" : "";
        return Status(
            StatusCode.FailedPrecondition,
            $"The segment '{name}' is used by {few}{rest}. Change or delete these first.",
            Info(ErrorReasons.SegmentInUse, "used_by", few)
        );
    }

    /// <summary>The status of a change of a saved segment that was changed since it was read.</summary>
    public static RpcException SegmentChanged(string name, bool isThere) =>
        Status(
            StatusCode.Aborted,
            isThere
                ? $"The segment '{name}' has been changed since it was read. Read it again and repeat the change."
                : $"There is no saved segment '{name}' any more. Put it without an etag to add it.",
            Info(ErrorReasons.EtagMismatch, "segment", name)
        );

    /// <summary>The status of a call that there is no memory for.</summary>
    /// <param name="bytes">What it would take.</param>
    /// <param name="limit">Most that all calls may take.</param>
    /// <param name="limitOfConnection">Most that those of one connection may take.</param>
    public static RpcException OutOfCallMemory(long bytes, long limit, long limitOfConnection) =>
        Status(
            StatusCode.ResourceExhausted,
            $"No memory is left for this call, which needs {bytes:N0} bytes: all calls together may hold {limit:N0}, those of one connection {limitOfConnection:N0}. Try again later, read answers as they come, or raise Scoring:CallMemory.",
            Info(ErrorReasons.Overloaded),
            Retry(RetryAfterOutage)
        );

    /// <summary>The status of a stream that the stop of the server ends.</summary>
    /// <param name="advice">What has been done, and what to do next.</param>
    public static RpcException Stopping(string advice) =>
        Status(
            StatusCode.Unavailable,
            $"The server is stopping. {advice}",
            Info(ErrorReasons.Stopping),
            Retry(RetryAfterOutage)
        );

    private static string Wanted(AuthenticationKind kind) =>
        kind switch
        {
            AuthenticationKind.ApiKeys => "an API key as \"authorization: Bearer KEY\"",
            AuthenticationKind.Jwt => "a token as \"authorization: Bearer TOKEN\"",
            _ => "a client certificate",
        };

    private static (StatusCode Code, string Reason) CodeOf(RejectionReason reason) =>
        reason switch
        {
            RejectionReason.FieldMissing => (StatusCode.InvalidArgument, ErrorReasons.FieldMissing),
            RejectionReason.FieldTooLong => (StatusCode.InvalidArgument, ErrorReasons.FieldTooLong),
            RejectionReason.OccurredAtInFuture => (StatusCode.InvalidArgument, ErrorReasons.OccurredAtInFuture),
            RejectionReason.EventIdConflict => (StatusCode.AlreadyExists, ErrorReasons.EventIdConflict),
            RejectionReason.LimitExceeded => (StatusCode.FailedPrecondition, ErrorReasons.LimitExceeded),
            _ => (StatusCode.InvalidArgument, ErrorReasons.FieldInvalid),
        };

    private static RpcException TooLarge(string reason, string field, string message, int limit) =>
        Status(
            StatusCode.InvalidArgument,
            $"{field} {message}",
            Info(reason, "limit", limit.ToString(CultureInfo.InvariantCulture)),
            BadRequestOf(field, message)
        );

    private static RpcException Status(StatusCode code, string message, params ReadOnlySpan<IMessage?> details)
    {
        var status = new Google.Rpc.Status { Code = (int)code, Message = message };
        foreach (var detail in details)
        {
            if (detail is not null)
            {
                status.Details.Add(Any.Pack(detail));
            }
        }
        var exception = status.ToRpcException();
        if (details is [.., RetryInfo retry])
        {
            // What gRPC libraries that retry by themselves wait for.
            var milliseconds = (long)retry.RetryDelay.ToTimeSpan().TotalMilliseconds;
            exception.Trailers.Add("grpc-retry-pushback-ms", milliseconds.ToString(CultureInfo.InvariantCulture));
        }
        return exception;
    }

    private static ErrorInfo Info(string reason, string? key = null, string? value = null)
    {
        var info = new ErrorInfo { Reason = reason, Domain = ErrorReasons.Domain };
        if (key is not null && value is not null)
        {
            info.Metadata[key] = value;
        }
        return info;
    }

    private static BadRequest BadRequestOf(string field, string description) =>
        new() { FieldViolations = { Violation(field, description) } };

    private static BadRequest.Types.FieldViolation Violation(string field, string description) =>
        new() { Field = field, Description = description };

    private static RetryInfo Retry(TimeSpan after) => new() { RetryDelay = Duration.FromTimeSpan(after) };
}
