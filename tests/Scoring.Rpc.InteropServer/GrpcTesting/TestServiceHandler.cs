using System.Runtime.CompilerServices;
using Google.Protobuf;

namespace Scoring.Rpc.InteropServer.GrpcTesting;

/// <summary>The server's side of the gRPC interop cases.</summary>
/// <remarks>Source: "Server" in grpc/doc/interop-test-descriptions.md, which names each of these features.</remarks>
internal sealed class TestServiceHandler(TimeProvider time)
{
    /// <summary>Metadata that comes back before the first response.</summary>
    private const string EchoInitial = "x-grpc-test-echo-initial";

    /// <summary>Metadata that comes back with the status.</summary>
    private const string EchoTrailing = "x-grpc-test-echo-trailing-bin";

    /// <summary>As long as the cases of caching need it, and no longer.</summary>
    private const string CacheControl = "max-age=60, public";

    public ValueTask<Empty> EmptyCall(Empty request, CallContext context) => ValueTask.FromResult(new Empty());

    public ValueTask<SimpleResponse> UnaryCall(SimpleRequest request, CallContext context)
    {
        EchoMetadata(context);
        CheckCompression(request.ExpectCompressed, context);
        ThrowIfAsked(request.ResponseStatus);
        SetCompression(request.ResponseCompressed, context);
        return ValueTask.FromResult(new SimpleResponse { Payload = Zeros(request.ResponseSize) });
    }

    public ValueTask<SimpleResponse> CacheableUnaryCall(SimpleRequest request, CallContext context)
    {
        context.ResponseHeaders.Add("cache-control", CacheControl);
        return UnaryCall(request, context);
    }

    public async IAsyncEnumerable<StreamingOutputCallResponse> StreamingOutputCall(
        StreamingOutputCallRequest request,
        CallContext context
    )
    {
        EchoMetadata(context);
        await foreach (var response in AnswerAsync(request, context))
        {
            yield return response;
        }
    }

    public async ValueTask<StreamingInputCallResponse> StreamingInputCall(
        IAsyncEnumerable<StreamingInputCallRequest> requests,
        CallContext context
    )
    {
        EchoMetadata(context);
        var size = 0;
        await foreach (var request in requests)
        {
            CheckCompression(request.ExpectCompressed, context);
            size += request.Payload?.Body.Length ?? 0;
        }

        return new StreamingInputCallResponse { AggregatedPayloadSize = size };
    }

    public async IAsyncEnumerable<StreamingOutputCallResponse> FullDuplexCall(
        IAsyncEnumerable<StreamingOutputCallRequest> requests,
        CallContext context
    )
    {
        EchoMetadata(context);
        await foreach (var request in requests)
        {
            await foreach (var response in AnswerAsync(request, context))
            {
                yield return response;
            }
        }
    }

    public async IAsyncEnumerable<StreamingOutputCallResponse> HalfDuplexCall(
        IAsyncEnumerable<StreamingOutputCallRequest> requests,
        CallContext context
    )
    {
        EchoMetadata(context);
        var all = new List<StreamingOutputCallRequest>();
        await foreach (var request in requests)
        {
            all.Add(request);
        }

        foreach (var request in all)
        {
            await foreach (var response in AnswerAsync(request, context))
            {
                yield return response;
            }
        }
    }

    private async IAsyncEnumerable<StreamingOutputCallResponse> AnswerAsync(
        StreamingOutputCallRequest request,
        CallContext context,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        ThrowIfAsked(request.ResponseStatus);
        foreach (var asked in request.ResponseParameters)
        {
            if (asked.IntervalUs > 0)
            {
                await Task.Delay(TimeSpan.FromMicroseconds(asked.IntervalUs), time, context.CancellationToken);
            }

            SetCompression(asked.Compressed, context);
            var response = new StreamingOutputCallResponse { Payload = Zeros(asked.Size) };
            if (asked.FillPeerSocketAddress?.Value == true)
            {
                response.PeerSocketAddress = context.Peer;
            }

            yield return response;
        }
    }

    private static void EchoMetadata(CallContext context)
    {
        if (context.RequestHeaders.GetText(EchoInitial) is { } text)
        {
            context.ResponseHeaders.Add(EchoInitial, text);
        }

        if (context.RequestHeaders.GetBytes(EchoTrailing) is { } bytes)
        {
            context.ResponseTrailers.Add(EchoTrailing, bytes);
        }
    }

    private static void CheckCompression(BoolValue? expected, CallContext context)
    {
        if (expected is not null && expected.Value != context.RequestWasCompressed)
        {
            throw new RpcException(
                StatusCode.InvalidArgument,
                $"The request came {(expected.Value ? "un" : "")}compressed; it was to be the contrary."
            );
        }
    }

    private static void SetCompression(BoolValue? compressed, CallContext context)
    {
        if (compressed is not null)
        {
            context.CompressResponses = compressed.Value;
        }
    }

    private static void ThrowIfAsked(EchoStatus? status)
    {
        if (status is { Code: not 0 })
        {
            throw new RpcException((StatusCode)status.Code, status.Message);
        }
    }

    private static Payload Zeros(int size) =>
        size >= 0
            ? new Payload { Body = UnsafeByteOperations.UnsafeWrap(new byte[size]) }
            : throw RpcError.InvalidArgument("response_size", "must not be negative");
}
