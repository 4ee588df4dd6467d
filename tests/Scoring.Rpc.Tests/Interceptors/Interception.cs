using System.Collections.Concurrent;

namespace Scoring.Rpc.Tests.Interceptors;

/// <summary>An interceptor whose behaviour each test gives, which notes how every call ended.</summary>
internal sealed class Interception(RpcInterception? way = null) : IRpcInterceptor
{
    /// <summary>What came by, and how it ended, in the order of the ends.</summary>
    public ConcurrentQueue<(string Path, StatusCode Status)> Ended { get; } = new();

    public async ValueTask InterceptAsync(CallContext call, RpcContinuation next)
    {
        Exception? thrown = null;
        try
        {
            await (way is null ? next(call) : way(call, next));
        }
        catch (Exception exception)
        {
            thrown = exception;
            throw;
        }
        finally
        {
            Ended.Enqueue((call.Method.Path, call.StatusOf(thrown)));
        }
    }
}

internal delegate ValueTask RpcInterception(CallContext call, RpcContinuation next);
