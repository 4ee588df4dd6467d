namespace Scoring.Rpc;

/// <summary>The rest of the way of a call to its handler and back.</summary>
/// <param name="call">The call that the interceptor was given.</param>
/// <returns>Ends when the handler has ended and its responses are written.</returns>
public delegate ValueTask RpcContinuation(CallContext call);
