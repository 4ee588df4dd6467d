using Scoring.Rpc.Calls;

namespace Scoring.Rpc.Binding;

/// <summary>A method together with the handler that answers it; typed once, when the server starts.</summary>
internal abstract class BoundMethod(RpcMethod method)
{
    public RpcMethod Method => method;

    /// <summary>Takes the requests of a call, has them handled and sends the responses; the status is not its business.</summary>
    public abstract ValueTask InvokeAsync(ServerCall call);
}
