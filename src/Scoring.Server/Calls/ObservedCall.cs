using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Scoring.Server.Access;
using Scoring.Server.Memory;

namespace Scoring.Server.Calls;

/// <summary>Measures and logs the calls of one endpoint, and takes what each of them needs at least of the memory for calls.</summary>
/// <param name="serve">Answers them.</param>
/// <param name="metrics">Where they are measured.</param>
/// <param name="access">Where they are logged.</param>
/// <param name="budget">The memory for calls.</param>
/// <param name="method">The method, "/scoring.v1.ScoringService/GetScore"; null where there is none.</param>
/// <param name="maxMessageBytes">Most bytes of a message.</param>
internal sealed class ObservedCall(
    RequestDelegate serve,
    CallMetrics metrics,
    AccessLog access,
    MemoryBudget budget,
    string? method,
    int maxMessageBytes
)
{
    /// <summary>One name for all methods that do not exist, of which callers could make up any number.</summary>
    private readonly string _measuredAs = method?.TrimStart('/') ?? "_OTHER";

    public Task InvokeAsync(HttpContext http)
    {
        var since = Stopwatch.GetTimestamp();
        var memory = ConnectionMemory.Of(http);
        if (!memory.TryTake(CallMemory.Least, isLeast: true))
        {
            return RefuseAsync(http, CallMemory.Refused(budget, CallMemory.Least), since);
        }
        if (!TryTakeHeaders(http, out var refused))
        {
            memory.Return(CallMemory.Least);
            return RefuseAsync(http, refused, since);
        }
        var served = serve(http);
        if (!served.IsCompletedSuccessfully)
        {
            return AwaitAsync(http, served, memory, since);
        }
        memory.Return(CallMemory.Least);
        Served(http, since);
        return served;
    }

    /// <summary>Takes memory for headers that are longer than most. They are not kept for the next call, as the framework does.</summary>
    private static bool TryTakeHeaders(HttpContext http, [NotNullWhen(false)] out RpcException? refused)
    {
        refused = null;
        var bytes = HeaderBytes.Of(http.Request.Headers);
        return bytes <= CallMemory.SmallMessage || CallMemory.Of(http).TryTakeHeaders(bytes, out refused);
    }

    private async Task RefuseAsync(HttpContext http, RpcException refused, long since)
    {
        await CallRefusal.WriteAsync(http, refused);
        Ended(http, StatusCode.ResourceExhausted, since);
    }

    private async Task AwaitAsync(HttpContext http, Task served, ConnectionMemory memory, long since)
    {
        try
        {
            await served;
        }
        catch
        {
            var hasGone = http.RequestAborted.IsCancellationRequested;
            Ended(http, hasGone ? StatusCode.Cancelled : StatusCode.Unknown, since);
            throw;
        }
        finally
        {
            memory.Return(CallMemory.Least);
        }
        Served(http, since);
    }

    private void Served(HttpContext http, long since)
    {
        var code = CodeOf(http);
        if (code == StatusCode.ResourceExhausted)
        {
            OversizedRequest.Explain(http, maxMessageBytes);
        }
        Ended(http, code, since);
    }

    private void Ended(HttpContext http, StatusCode code, long since)
    {
        var elapsed = Stopwatch.GetElapsedTime(since);
        metrics.Record(_measuredAs, code, elapsed);
        access.Ended(http, method, code, elapsed);
    }

    private static StatusCode CodeOf(HttpContext http)
    {
        var status = http.Response.StatusCode;
        if (http.Features.Get<IServerCallContextFeature>() is { } call)
        {
            // Transcoding tells a status that was not the service's to the caller alone.
            var code = call.ServerCallContext.Status.StatusCode;
            return code == StatusCode.OK && status >= StatusCodes.Status400BadRequest ? OfHttp(status) : code;
        }
        // No call was made of it.
        return int.TryParse(http.Response.Headers.GrpcStatus, CultureInfo.InvariantCulture, out var written)
            ? (StatusCode)written
            : OfHttp(status);
    }

    private static StatusCode OfHttp(int status) =>
        status switch
        {
            StatusCodes.Status400BadRequest or StatusCodes.Status415UnsupportedMediaType => StatusCode.InvalidArgument,
            StatusCodes.Status404NotFound or StatusCodes.Status405MethodNotAllowed => StatusCode.Unimplemented,
            StatusCodes.Status413PayloadTooLarge or StatusCodes.Status429TooManyRequests =>
                StatusCode.ResourceExhausted,
            _ => StatusCode.Unknown,
        };
}
