using Google.Protobuf.WellKnownTypes;
using Google.Rpc;

namespace Scoring.Rpc;

/// <summary>Errors with the standard details of <c>google/rpc/error_details.proto</c>, ready to throw.</summary>
public static class RpcError
{
    /// <summary>INVALID_ARGUMENT about one field, with <see cref="BadRequest"/>.</summary>
    /// <param name="field">The path of the field as the proto names it, such as <c>event.occurred_at</c>.</param>
    /// <param name="description">What the field must be, without repeating its name.</param>
    public static RpcException InvalidArgument(string field, string description) =>
        InvalidArgument([new KeyValuePair<string, string>(field, description)]);

    /// <summary>INVALID_ARGUMENT about several fields, with one <see cref="BadRequest"/>.</summary>
    /// <param name="violations">Field path and what it must be; at least one.</param>
    public static RpcException InvalidArgument(IReadOnlyList<KeyValuePair<string, string>> violations)
    {
        ArgumentOutOfRangeException.ThrowIfZero(violations.Count, nameof(violations));
        var badRequest = new BadRequest();
        foreach (var (field, description) in violations)
        {
            badRequest.FieldViolations.Add(
                new BadRequest.Types.FieldViolation { Field = field, Description = description }
            );
        }

        var message = string.Join("; ", violations.Select(v => $"{v.Key}: {v.Value}"));
        return new RpcException(StatusCode.InvalidArgument, message, badRequest);
    }

    /// <summary>NOT_FOUND with <see cref="ErrorInfo"/>.</summary>
    /// <param name="message">What was not found.</param>
    /// <param name="reason">The stable UPPER_SNAKE_CASE reason that programs branch on.</param>
    /// <param name="domain">Who defines the reason, such as the service's name.</param>
    /// <param name="metadata">The identifiers that were looked for.</param>
    public static RpcException NotFound(
        string message,
        string reason,
        string domain,
        params ReadOnlySpan<KeyValuePair<string, string>> metadata
    ) => Create(StatusCode.NotFound, message, reason, domain, metadata);

    /// <summary>FAILED_PRECONDITION with <see cref="PreconditionFailure"/>.</summary>
    /// <param name="message">What state is needed, and how to get there.</param>
    /// <param name="type">The stable UPPER_SNAKE_CASE kind of the precondition.</param>
    /// <param name="subject">What is not in that state.</param>
    public static RpcException FailedPrecondition(string message, string type, string subject)
    {
        var failure = new PreconditionFailure();
        failure.Violations.Add(
            new PreconditionFailure.Types.Violation
            {
                Type = type,
                Subject = subject,
                Description = message,
            }
        );
        return new RpcException(StatusCode.FailedPrecondition, message, failure);
    }

    /// <summary>RESOURCE_EXHAUSTED, with <see cref="RetryInfo"/> if waiting helps.</summary>
    /// <param name="message">Which limit was hit and which setting moves it.</param>
    /// <param name="retryAfter">How long to wait before the next attempt; null where waiting does not help.</param>
    public static RpcException ResourceExhausted(string message, TimeSpan? retryAfter = null) =>
        WithRetry(StatusCode.ResourceExhausted, message, retryAfter);

    /// <summary>UNAVAILABLE, with <see cref="RetryInfo"/> if a pause is known.</summary>
    /// <param name="message">Why the server cannot serve now.</param>
    /// <param name="retryAfter">How long to wait before the next attempt.</param>
    public static RpcException Unavailable(string message, TimeSpan? retryAfter = null) =>
        WithRetry(StatusCode.Unavailable, message, retryAfter);

    /// <summary>Any status with <see cref="ErrorInfo"/>.</summary>
    /// <param name="code">The status; must not be OK.</param>
    /// <param name="message">What went wrong and what to do about it.</param>
    /// <param name="reason">The stable UPPER_SNAKE_CASE reason that programs branch on.</param>
    /// <param name="domain">Who defines the reason, such as the service's name.</param>
    /// <param name="metadata">Further facts for programs.</param>
    public static RpcException Create(
        StatusCode code,
        string message,
        string reason,
        string domain,
        params ReadOnlySpan<KeyValuePair<string, string>> metadata
    )
    {
        var info = new ErrorInfo { Reason = reason, Domain = domain };
        foreach (var (key, value) in metadata)
        {
            info.Metadata[key] = value;
        }

        return new RpcException(code, message, info);
    }

    private static RpcException WithRetry(StatusCode code, string message, TimeSpan? retryAfter) =>
        retryAfter is { } delay
            ? new RpcException(code, message, new RetryInfo { RetryDelay = Duration.FromTimeSpan(delay) })
            : new RpcException(code, message);
}
