using Google.Protobuf;
using Scoring.Rpc.Calls;

namespace Scoring.Rpc.Binding;

internal sealed class ClientStreamingMethod<TRequest, TResponse>(
    RpcMethod<TRequest, TResponse> method,
    Func<IAsyncEnumerable<TRequest>, CallContext, ValueTask<TResponse>> handler
) : BoundMethod(method)
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    public override async Task InvokeAsync(ServerCall call) =>
        await call.SendSingleAsync(await handler(call.ReceiveAllAsync(method.RequestParser), call));
}
