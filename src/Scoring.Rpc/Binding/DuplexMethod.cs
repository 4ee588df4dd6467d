using Google.Protobuf;
using Scoring.Rpc.Calls;
using Scoring.Rpc.Messages;

namespace Scoring.Rpc.Binding;

internal sealed class DuplexMethod<TRequest, TResponse>(
    RpcMethod method,
    MessageDecoder requests,
    Func<IAsyncEnumerable<TRequest>, CallContext, IAsyncEnumerable<TResponse>> handler
) : BoundMethod(method)
    where TRequest : class
    where TResponse : class, IMessage
{
    public override ValueTask InvokeAsync(ServerCall call) =>
        new(call.SendAllAsync(handler(call.ReceiveAllAsync<TRequest>(requests), call)));
}
