using Google.Protobuf;
using Scoring.Rpc.Calls;
using Scoring.Rpc.Messages;

namespace Scoring.Rpc.Binding;

internal sealed class ServerStreamingMethod<TRequest, TResponse>(
    RpcMethod method,
    MessageDecoder requests,
    Func<TRequest, CallContext, IAsyncEnumerable<TResponse>> handler
) : BoundMethod(method)
    where TRequest : class
    where TResponse : class, IMessage
{
    public override async ValueTask InvokeAsync(ServerCall call)
    {
        var request = (TRequest)await call.ReceiveSingleAsync(requests);
        call.CountRequest();
        using (request as IDisposable)
        {
            await call.SendAllAsync(handler(request, call));
        }
    }
}
