namespace Scoring.Client;

/// <summary>
/// A server cannot be spoken to as it is addressed; the message says what is to be changed. It is the <c>Status.DebugException</c> of the
/// <see cref="Grpc.Core.RpcException"/> that a call fails with.
/// </summary>
/// <param name="error">What kind of failure it is.</param>
/// <param name="message">What is wrong and what to do.</param>
/// <param name="innerException">What failed.</param>
public sealed class ScoringConnectionException(
    HttpRequestError error,
    string message,
    HttpRequestException innerException
) : HttpRequestException(error, message, innerException);
