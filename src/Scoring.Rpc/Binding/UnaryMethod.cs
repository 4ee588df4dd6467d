using Google.Protobuf;
using Scoring.Rpc.Calls;

namespace Scoring.Rpc.Binding;

internal sealed class UnaryMethod<TRequest, TResponse>(
    RpcMethod<TRequest, TResponse> method,
    Func<TRequest, CallContext, ValueTask<TResponse>> handler
) : BoundMethod(method)
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    public override async Task InvokeAsync(ServerCall call)
    {
        var request = await call.ReceiveSingleAsync(method.RequestParser);
        call.CountRequest();
        await call.SendSingleAsync(await handler(request, call));
    }
}
