using Scoring.Rpc.Binding;
using Scoring.Rpc.Calls;

namespace Scoring.Rpc.Interceptors;

/// <summary>Puts interceptors around a method, once, when it is mapped.</summary>
internal static class InterceptorChain
{
    /// <summary>The way of every call of a method; null if nothing stands around it.</summary>
    /// <param name="method">The method.</param>
    /// <param name="interceptors">The outermost first.</param>
    public static RpcContinuation? Around(BoundMethod method, IReadOnlyList<IRpcInterceptor> interceptors)
    {
        if (interceptors.Count == 0)
        {
            return null;
        }

        RpcContinuation way = call => Handle(method, call);
        foreach (var interceptor in interceptors.Reverse())
        {
            var next = way;
            way = call => interceptor.InterceptAsync(call, next);
        }

        return way;
    }

    private static ValueTask Handle(BoundMethod method, CallContext call) =>
        call is not ServerCall served
            ? throw new InvalidOperationException("An interceptor passes on the call that it was given.")
        : served.Refusal is { } refusal ? ValueTask.FromException(refusal)
        : method.InvokeAsync(served);
}
