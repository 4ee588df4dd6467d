using Google.Protobuf;
using Scoring.Rpc.Calls;

namespace Scoring.Rpc.Binding;

internal sealed class ServerStreamingMethod<TRequest, TResponse>(
    RpcMethod<TRequest, TResponse> method,
    Func<TRequest, CallContext, IAsyncEnumerable<TResponse>> handler
) : BoundMethod(method)
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    public override async Task InvokeAsync(ServerCall call)
    {
        var request = await call.ReceiveSingleAsync(method.RequestParser);
        call.CountRequest();
        await call.SendAllAsync(handler(request, call));
    }
}
