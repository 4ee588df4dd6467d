using System.Runtime.CompilerServices;
using Scoring.Rpc.Calls;
using Scoring.Rpc.Messages;

namespace Scoring.Rpc.Binding;

/// <summary>A unary method whose handler writes the bytes of its response itself.</summary>
internal sealed class EncodedUnaryMethod<TRequest, TResponse>(
    RpcMethod method,
    MessageDecoder requests,
    Func<TRequest, CallContext, ValueTask<TResponse>> handler
) : BoundMethod(method)
    where TRequest : class
    where TResponse : class, IEncodedMessage, IDisposable
{
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public override async ValueTask InvokeAsync(ServerCall call)
    {
        var request = (TRequest)await call.ReceiveSingleAsync(requests);
        call.CountRequest();
        using (request as IDisposable)
        {
            using var response = await handler(request, call);
            await call.SendSingleAsync(response);
        }
    }
}
