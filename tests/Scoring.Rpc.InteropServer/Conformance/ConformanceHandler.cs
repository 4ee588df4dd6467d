using Google.Protobuf;

namespace Scoring.Rpc.InteropServer.Conformance;

/// <summary>The server's side of the Connect conformance suite.</summary>
/// <remarks>Source: the comments of service.proto of connectrpc/conformance.</remarks>
internal sealed class ConformanceHandler(TimeProvider time)
{
    public async ValueTask<UnaryResponse> Unary(UnaryRequest request, CallContext context) =>
        new() { Payload = await AnswerOneAsync(request.ResponseDefinition, [request], context) };

    public async ValueTask<IdempotentUnaryResponse> IdempotentUnary(
        IdempotentUnaryRequest request,
        CallContext context
    ) => new() { Payload = await AnswerOneAsync(request.ResponseDefinition, [request], context) };

    public async ValueTask<ClientStreamResponse> ClientStream(
        IAsyncEnumerable<ClientStreamRequest> requests,
        CallContext context
    )
    {
        var all = new List<ClientStreamRequest>();
        await foreach (var request in requests)
        {
            all.Add(request);
        }

        return new() { Payload = await AnswerOneAsync(all.FirstOrDefault()?.ResponseDefinition, all, context) };
    }

    public async IAsyncEnumerable<ServerStreamResponse> ServerStream(ServerStreamRequest request, CallContext context)
    {
        if (request.ResponseDefinition is not { } asked)
        {
            yield break;
        }

        await BeginAsync(asked, context);
        for (var i = 0; i < asked.ResponseData.Count; i++)
        {
            await DelayAsync(asked.ResponseDelayMs, context);
            yield return new() { Payload = PayloadOf(asked, i, i == 0 ? [request] : null, context) };
        }

        ThrowIfAsked(asked, asked.ResponseData.Count, [request], context);
    }

    public async IAsyncEnumerable<BidiStreamResponse> BidiStream(
        IAsyncEnumerable<BidiStreamRequest> requests,
        CallContext context
    )
    {
        StreamResponseDefinition? asked = null;
        var isFullDuplex = false;
        var isFirst = true;
        var sent = 0;
        var unanswered = new List<BidiStreamRequest>();
        await foreach (var request in requests)
        {
            unanswered.Add(request);
            if (isFirst)
            {
                (isFirst, asked, isFullDuplex) = (false, request.ResponseDefinition, request.FullDuplex);
                if (asked is not null && isFullDuplex)
                {
                    await BeginAsync(asked, context);
                }
            }

            if (!isFullDuplex)
            {
                continue;
            }

            if (sent >= (asked?.ResponseData.Count ?? 0))
            {
                break;
            }

            await DelayAsync(asked!.ResponseDelayMs, context);
            yield return new() { Payload = PayloadOf(asked, sent, unanswered, context) };
            sent++;
            unanswered.Clear();
        }

        if (asked is null)
        {
            yield break;
        }

        if (!isFullDuplex)
        {
            await BeginAsync(asked, context);
        }

        for (; sent < asked.ResponseData.Count; sent++)
        {
            await DelayAsync(asked.ResponseDelayMs, context);
            yield return new() { Payload = PayloadOf(asked, sent, sent == 0 ? unanswered : null, context) };
        }

        ThrowIfAsked(asked, sent, unanswered, context);
    }

    /// <summary>The one response of a call, or its error.</summary>
    private async ValueTask<ConformancePayload> AnswerOneAsync(
        UnaryResponseDefinition? asked,
        IEnumerable<IMessage> requests,
        CallContext context
    )
    {
        var info = CallReport.Of(context, requests, time);
        if (asked is null)
        {
            return new ConformancePayload { RequestInfo = info };
        }

        context.ResponseHeaders.Add(asked.ResponseHeaders);
        context.ResponseTrailers.Add(asked.ResponseTrailers);
        await DelayAsync(asked.ResponseDelayMs, context);
        return asked.Error is null
            ? new ConformancePayload { Data = asked.ResponseData, RequestInfo = info }
            : throw CallReport.ErrorOf(asked.Error, info);
    }

    /// <summary>Sets headers and trailers; the headers go out at once if responses will follow them.</summary>
    private static async ValueTask BeginAsync(StreamResponseDefinition asked, CallContext context)
    {
        context.ResponseHeaders.Add(asked.ResponseHeaders);
        context.ResponseTrailers.Add(asked.ResponseTrailers);
        if (asked.ResponseData.Count > 0)
        {
            await context.SendHeadersAsync();
        }
    }

    /// <param name="asked">What the stream is to say.</param>
    /// <param name="index">Which response of it; the first one tells of the call too.</param>
    /// <param name="requests">The requests that it tells of; null if of none.</param>
    /// <param name="context">The call.</param>
    private ConformancePayload PayloadOf(
        StreamResponseDefinition asked,
        int index,
        IEnumerable<IMessage>? requests,
        CallContext context
    )
    {
        var payload = new ConformancePayload { Data = asked.ResponseData[index] };
        if (requests is not null)
        {
            payload.RequestInfo =
                index == 0 ? CallReport.Of(context, requests, time) : CallReport.RequestsOnly(requests);
        }

        return payload;
    }

    private void ThrowIfAsked(
        StreamResponseDefinition asked,
        int sent,
        IEnumerable<IMessage> requests,
        CallContext context
    )
    {
        if (asked.Error is not null)
        {
            throw CallReport.ErrorOf(asked.Error, sent == 0 ? CallReport.Of(context, requests, time) : null);
        }
    }

    private Task DelayAsync(uint milliseconds, CallContext context) =>
        milliseconds == 0
            ? Task.CompletedTask
            : Task.Delay(TimeSpan.FromMilliseconds(milliseconds), time, context.CancellationToken);
}
