using System.Runtime.CompilerServices;
using Scoring.Core;
using Scoring.Rpc;
using Scoring.Service.Errors;
using Scoring.Service.Telemetry;

namespace Scoring.Service.Calls;

/// <summary>Runs what answers a call: turns errors of the domain into statuses and counts the call.</summary>
internal sealed class CallRunner(ServiceMetrics metrics, TimeProvider time)
{
    public async ValueTask<TResponse> AnswerAsync<TRequest, TResponse>(
        TRequest request,
        CallContext context,
        Func<TRequest, CancellationToken, ValueTask<TResponse>> answer
    )
    {
        var since = time.GetTimestamp();
        var code = StatusCode.Ok;
        try
        {
            return await answer(request, context.CancellationToken);
        }
        catch (Exception error)
        {
            code = CodeOf(error, context);
            if (error is ScoringException known)
            {
                throw CallErrors.From(known);
            }
            throw;
        }
        finally
        {
            metrics.CountRequest(context.Method.Name, code, time.GetElapsedTime(since));
        }
    }

    public async IAsyncEnumerable<TResponse> StreamAsync<TResponse>(
        IAsyncEnumerable<TResponse> answers,
        CallContext context,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        var since = time.GetTimestamp();
        // What leaves the loop without an end or an error is a consumer that gave up.
        var code = StatusCode.Cancelled;
        try
        {
            await using var next = answers.GetAsyncEnumerator(cancellationToken);
            while (true)
            {
                try
                {
                    if (!await next.MoveNextAsync())
                    {
                        code = StatusCode.Ok;
                        yield break;
                    }
                }
                catch (Exception error)
                {
                    code = CodeOf(error, context);
                    if (error is ScoringException known)
                    {
                        throw CallErrors.From(known);
                    }
                    throw;
                }
                yield return next.Current;
            }
        }
        finally
        {
            metrics.CountRequest(context.Method.Name, code, time.GetElapsedTime(since));
        }
    }

    private StatusCode CodeOf(Exception error, CallContext context) =>
        error switch
        {
            RpcException status => status.Code,
            ScoringException known => CallErrors.From(known).Code,
            OperationCanceledException when context.Deadline <= time.GetUtcNow() => StatusCode.DeadlineExceeded,
            OperationCanceledException when context.CancellationToken.IsCancellationRequested => StatusCode.Cancelled,
            _ => StatusCode.Internal,
        };
}
