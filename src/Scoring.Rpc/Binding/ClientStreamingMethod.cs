using Google.Protobuf;
using Scoring.Rpc.Calls;
using Scoring.Rpc.Messages;

namespace Scoring.Rpc.Binding;

internal sealed class ClientStreamingMethod<TRequest, TResponse>(
    RpcMethod method,
    MessageDecoder requests,
    Func<IAsyncEnumerable<TRequest>, CallContext, ValueTask<TResponse>> handler
) : BoundMethod(method)
    where TRequest : class
    where TResponse : class, IMessage
{
    public override async ValueTask InvokeAsync(ServerCall call) =>
        await call.SendSingleAsync(await handler(call.ReceiveAllAsync<TRequest>(requests), call));
}
