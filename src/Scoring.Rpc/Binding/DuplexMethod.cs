using Google.Protobuf;
using Scoring.Rpc.Calls;

namespace Scoring.Rpc.Binding;

internal sealed class DuplexMethod<TRequest, TResponse>(
    RpcMethod<TRequest, TResponse> method,
    Func<IAsyncEnumerable<TRequest>, CallContext, IAsyncEnumerable<TResponse>> handler
) : BoundMethod(method)
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    public override Task InvokeAsync(ServerCall call) =>
        call.SendAllAsync(handler(call.ReceiveAllAsync(method.RequestParser), call));
}
