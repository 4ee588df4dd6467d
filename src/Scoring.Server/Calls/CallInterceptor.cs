using System.Diagnostics;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Scoring.Core;
using Scoring.Server.Errors;

namespace Scoring.Server.Calls;

/// <summary>What all calls share: errors become statuses, calls are measured and, if switched on, logged.</summary>
/// <remarks>
/// A <see cref="ScoringException"/> becomes its status with google.rpc details. What nobody foresaw becomes INTERNAL with an id, under which
/// the log has the error: the caller learns nothing else of the server's inside.
/// </remarks>
internal sealed partial class CallInterceptor(CallMetrics metrics, AccessLog access, ILogger<CallInterceptor> log)
    : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request,
        ServerCallContext context,
        UnaryServerMethod<TRequest, TResponse> continuation
    )
    {
        var since = Stopwatch.GetTimestamp();
        try
        {
            var response = await continuation(request, context);
            Ended(context, since, StatusCode.OK);
            return response;
        }
        catch (Exception error)
        {
            throw Failed(context, since, error);
        }
    }

    public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        ServerCallContext context,
        ClientStreamingServerMethod<TRequest, TResponse> continuation
    ) => UnaryServerHandler(requestStream, context, (stream, call) => continuation(stream, call));

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation
    ) => ObserveAsync(context, () => continuation(request, responseStream, context));

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation
    ) => ObserveAsync(context, () => continuation(requestStream, responseStream, context));

    private async Task ObserveAsync(ServerCallContext context, Func<Task> serve)
    {
        var since = Stopwatch.GetTimestamp();
        try
        {
            await serve();
            Ended(context, since, context.Status.StatusCode);
        }
        catch (Exception error)
        {
            throw Failed(context, since, error);
        }
    }

    private void Ended(ServerCallContext context, long since, StatusCode code)
    {
        var elapsed = Stopwatch.GetElapsedTime(since);
        metrics.Record(context.Method, code, elapsed);
        access.Ended(context, code, elapsed);
    }

    /// <summary>What is thrown on, so that the caller gets the status for it.</summary>
    private RpcException Failed(ServerCallContext context, long since, Exception error)
    {
        var status = error switch
        {
            RpcException known => known,
            ScoringException known => CallErrors.From(known),
            _ when context.CancellationToken.IsCancellationRequested => GivenUp(context),
            _ => Unforeseen(context, error),
        };
        Ended(context, since, status.StatusCode);
        return status;
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
            new Status(StatusCode.Internal, $"Internal error; the server's log has it under the id {id}.")
        );
    }

    [LoggerMessage(LogLevel.Error, "{Method} failed unexpectedly; the caller was told the id {Id}.")]
    private static partial void LogUnforeseen(ILogger log, string method, string id, Exception error);
}
