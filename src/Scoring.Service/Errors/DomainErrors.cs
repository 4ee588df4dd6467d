using System.Runtime.CompilerServices;
using Scoring.Core;
using Scoring.Rpc;

namespace Scoring.Service.Errors;

/// <summary>Answers errors of the domain with the status that <see cref="CallErrors"/> has for them.</summary>
internal sealed class DomainErrors : IRpcInterceptor
{
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask InterceptAsync(CallContext call, RpcContinuation next)
    {
        try
        {
            await next(call);
        }
        catch (ScoringException known)
        {
            throw CallErrors.From(known);
        }
    }
}
