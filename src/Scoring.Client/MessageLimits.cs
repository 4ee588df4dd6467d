using Grpc.Core;

namespace Scoring.Client;

/// <summary>Says of messages that this client refused for their size which setting is meant; gRPC names none.</summary>
internal static class MessageLimits
{
    /// <summary>The answer of a call, or its error in these words.</summary>
    public static async Task<T> ExplainAsync<T>(Task<T> answer)
    {
        try
        {
            return await answer;
        }
        catch (RpcException e) when (AdviceOf(e) is { } advice)
        {
            throw new RpcException(new Status(e.StatusCode, advice, e.Status.DebugException), e.Trailers);
        }
    }

    /// <inheritdoc cref="ExplainAsync"/>
    public static T Explain<T>(Func<T> call)
    {
        try
        {
            return call();
        }
        catch (RpcException e) when (AdviceOf(e) is { } advice)
        {
            throw new RpcException(new Status(e.StatusCode, advice, e.Status.DebugException), e.Trailers);
        }
    }

    private static string? AdviceOf(RpcException error) =>
        (error.StatusCode, error.Status.Detail) switch
        {
            (StatusCode.ResourceExhausted, "Received message exceeds the maximum configured message size.") =>
                $"The answer is larger than {nameof(ScoringClientOptions)}.{nameof(ScoringClientOptions.MaxMessageBytes)}; ask for less at a time, or raise it.",
            (StatusCode.ResourceExhausted, "Sending message exceeds the maximum configured message size.") =>
                $"The request is larger than {nameof(ScoringClientOptions)}.{nameof(ScoringClientOptions.MaxMessageBytes)}; send less at a time, or raise it and the server's setting MaxMessageBytes.",
            _ => null,
        };
}
