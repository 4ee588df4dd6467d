namespace Scoring.Rpc;

/// <summary>
/// Stands around every call of every service: unary and streaming, health and reflection too, whatever protocol it came by. One instance
/// serves all calls at once. Registered by <c>services.AddRpcInterceptor</c>; the first that is registered is the outermost.
/// </summary>
public interface IRpcInterceptor
{
    /// <summary>Lets a call through by <paramref name="next"/>, once, or refuses it by an <see cref="RpcException"/>.</summary>
    /// <remarks>
    /// <para>
    /// What the handler or an inner interceptor throws comes out of <paramref name="next"/> as it is, so that it can be caught and another
    /// thrown in its place; what leaves the outermost interceptor decides the status. <see cref="CallContext.StatusOf"/> tells which one
    /// that is. A call whose headers are wrong comes by, too: <paramref name="next"/> throws what is wrong without calling the handler.
    /// </para>
    /// <para>
    /// <paramref name="next"/> ends when the handler has ended. At a deadline the caller is answered at once, whether or not the handler
    /// has noticed; what is thrown afterwards changes nothing.
    /// </para>
    /// </remarks>
    /// <param name="call">The call.</param>
    /// <param name="next">The rest of the way to the handler.</param>
    ValueTask InterceptAsync(CallContext call, RpcContinuation next);
}
