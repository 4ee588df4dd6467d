using System.Runtime.CompilerServices;
using Google.Protobuf;
using Scoring.Rpc.Calls;
using Scoring.Rpc.Messages;

namespace Scoring.Rpc.Binding;

internal sealed class UnaryMethod<TRequest, TResponse>(
    RpcMethod method,
    MessageDecoder requests,
    Func<TRequest, CallContext, ValueTask<TResponse>> handler
) : BoundMethod(method)
    where TRequest : class
    where TResponse : class, IMessage
{
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public override async ValueTask InvokeAsync(ServerCall call)
    {
        var request = (TRequest)await call.ReceiveSingleAsync(requests);
        call.CountRequest();
        using (request as IDisposable)
        {
            await call.SendSingleAsync(await handler(request, call));
        }
    }
}
