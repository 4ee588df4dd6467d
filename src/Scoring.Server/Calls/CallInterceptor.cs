using System.Diagnostics;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Scoring.Core;
using Scoring.Server.Errors;
using Scoring.Server.Memory;

namespace Scoring.Server.Calls;

/// <summary>What all services share: errors become statuses, and what answers need is taken of the memory for calls.</summary>
/// <remarks>
/// A <see cref="ScoringException"/> becomes its status with google.rpc details. What nobody foresaw becomes INTERNAL with an id, under which
/// the log has the error: the caller learns nothing else of the server's inside.
/// </remarks>
internal sealed partial class CallInterceptor(ILogger<CallInterceptor> log) : Interceptor
{
    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request,
        ServerCallContext context,
        UnaryServerMethod<TRequest, TResponse> continuation
    )
    {
        try
        {
            Take(AnswerMemory.Before(request), context);
            var response = continuation(request, context);
            if (!response.IsCompletedSuccessfully)
            {
                return AwaitAsync(response, context);
            }
            Take(AnswerMemory.After(response.Result), context);
            return response;
        }
        catch (Exception error)
        {
            throw Failed(context, error);
        }
    }

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation
    ) =>
        ServeAsync(
            context,
            () =>
            {
                Take(AnswerMemory.Before(request), context);
                return continuation(request, responseStream, context);
            }
        );

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation
    ) => ServeAsync(context, () => continuation(requestStream, responseStream, context));

    private async Task<TResponse> AwaitAsync<TResponse>(Task<TResponse> response, ServerCallContext context)
    {
        try
        {
            var answer = await response;
            Take(AnswerMemory.After(answer), context);
            return answer;
        }
        catch (Exception error)
        {
            throw Failed(context, error);
        }
    }

    private static void Take(long bytes, ServerCallContext context)
    {
        if (bytes > 0)
        {
            CallMemory.Of(context.GetHttpContext()).Take(bytes);
        }
    }

    private async Task ServeAsync(ServerCallContext context, Func<Task> serve)
    {
        try
        {
            await serve();
        }
        catch (Exception error)
        {
            throw Failed(context, error);
        }
    }

    /// <summary>What is thrown on, so that the caller gets the status for it.</summary>
    private RpcException Failed(ServerCallContext context, Exception error)
    {
        var failed = error switch
        {
            RpcException known => known,
            ScoringException known => CallErrors.From(known),
            _ when context.CancellationToken.IsCancellationRequested => GivenUp(context),
            _ => Unforeseen(context, error),
        };
        // Transcoding would not set it, and it is what is measured.
        context.Status = failed.Status;
        return failed;
    }

    private static RpcException GivenUp(ServerCallContext context) =>
        context.Deadline <= DateTime.UtcNow
            ? new RpcException(new Status(StatusCode.DeadlineExceeded, "The deadline has passed."))
            : new RpcException(new Status(StatusCode.Cancelled, "The caller has given up."));

    private RpcException Unforeseen(ServerCallContext context, Exception error)
    {
        var id = Activity.Current?.Id ?? context.GetHttpContext().TraceIdentifier;
        LogUnforeseen(log, context.Method, id, error);
        return new RpcException(
            new Status(
                StatusCode.Internal,
                $"Internal error; the server's log says more: look for that second, or for the id {id}."
            )
        );
    }

    [LoggerMessage(LogLevel.Error, "{Method} failed unexpectedly; the caller was told the id {Id}.")]
    private static partial void LogUnforeseen(ILogger log, string method, string id, Exception error);
}
