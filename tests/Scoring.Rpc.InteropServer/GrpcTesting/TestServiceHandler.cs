using System.Globalization;
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

    private readonly string _serverId = Guid.NewGuid().ToString();

    public ValueTask<Empty> EmptyCall(Empty request, CallContext context) => ValueTask.FromResult(new Empty());

    public ValueTask<SimpleResponse> UnaryCall(SimpleRequest request, CallContext context)
    {
        EchoMetadata(context);
        CheckCompression(request.ExpectCompressed, context);
        ThrowIfAsked(request.ResponseStatus);
        SetCompression(request.ResponseCompressed, context);
        var response = new SimpleResponse { Payload = Zeros(request.ResponseType, request.ResponseSize) };
        if (request.FillServerId)
        {
            response.ServerId = _serverId;
        }

        return ValueTask.FromResult(response);
    }

    /// <summary>Answers something else each time, so that a caller sees whether a cache answered in its place.</summary>
    public ValueTask<SimpleResponse> CacheableUnaryCall(SimpleRequest request, CallContext context)
    {
        context.ResponseHeaders.Add("cache-control", CacheControl);
        var now = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
        var text = string.Create(CultureInfo.InvariantCulture, $"{now}");
        return ValueTask.FromResult(
            new SimpleResponse { Payload = new Payload { Body = ByteString.CopyFromUtf8(text) } }
        );
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
            var response = new StreamingOutputCallResponse { Payload = Zeros(request.ResponseType, asked.Size) };
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

    private static Payload Zeros(PayloadType type, int size)
    {
        if (type != PayloadType.Compressable)
        {
            throw RpcError.InvalidArgument("response_type", "must be COMPRESSABLE");
        }

        if (size < 0)
        {
            throw RpcError.InvalidArgument("response_size", "must not be negative");
        }

        return new Payload { Body = UnsafeByteOperations.UnsafeWrap(new byte[size]) };
    }
}
