using System.Diagnostics;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Google.Protobuf;
using Scoring.Rpc.Client.Protocols;
using Scoring.Rpc.Client.Telemetry;
using Scoring.Rpc.Messages;

namespace Scoring.Rpc.Client.Calls;

/// <summary>One call of a client: sends the request, reads responses and status, keeps the deadline.</summary>
internal sealed class ClientCall<TRequest, TResponse> : IResponseStream<TResponse>
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    private readonly RpcChannel _channel;
    private readonly RpcMethod<TRequest, TResponse> _method;
    private readonly CallOptions _options;
    private readonly CancellationToken _caller;
    private readonly CancellationTokenSource? _deadline;
    private readonly CancellationTokenSource _cancellation;
    private readonly bool _compress;
    private RequestStreamContent? _requests;
    private PooledBuffer? _writing;
    private Task<HttpResponseMessage>? _response;
    private Task<TResponse>? _single;
    private EnvelopeReader? _reader;
    private Metadata? _trailers;
    private RpcException? _failure;
    private ClientTelemetry? _telemetry;
    private bool _disposed;

    public ClientCall(
        RpcChannel channel,
        RpcMethod<TRequest, TResponse> method,
        CallOptions options,
        CancellationToken cancellationToken
    )
    {
        _channel = channel;
        _method = method;
        _caller = cancellationToken;
        _compress = options.Compress ?? channel.Options.Compress;
        var timeout = options.Timeout ?? (method.Kind == RpcMethodKind.Unary ? channel.Options.DefaultTimeout : null);
        _options = options with { Timeout = timeout };
        _deadline = timeout is { } limit ? Timer(limit, channel.Options.Time) : null;
        _cancellation = CancellationTokenSource.CreateLinkedTokenSource(
            cancellationToken,
            _deadline?.Token ?? CancellationToken.None
        );
    }

    /// <summary>What came with the status; empty before that.</summary>
    public Metadata Trailers => _trailers ?? [];

    /// <summary>Sends the headers, and the request if there is one; otherwise requests follow by <see cref="TryWriteAsync"/>.</summary>
    public void Start(TRequest? request)
    {
        var target = _channel.TargetOf(_method);
        _telemetry = ClientTelemetry.Start(target, _channel.Options.Time);
        try
        {
            HttpContent content = request is null ? _requests = new RequestStreamContent() : Single(request);
            var message = GrpcRequest.Create(target.Address, content, _options, _compress);
            var span = _telemetry?.Span;
            ClientTelemetry.Inject(span ?? Activity.Current, message.Headers);
            _response = span is null ? SendAsync(message) : SendWithin(span, message);
        }
        catch (Exception exception)
        {
            _telemetry?.End((exception as RpcException)?.Code ?? StatusCode.Internal, exception.Message);
            Dispose();
            throw;
        }
    }

    public async Task<Metadata> HeadersAsync(CancellationToken cancellationToken)
    {
        var response = await OpenAsync().WaitAsync(cancellationToken);
        return GrpcResponse.HeadersOf(response);
    }

    /// <summary>The one response of a method whose responses are no stream; the same however often it is asked for.</summary>
    public Task<TResponse> ReadSingleAsync() => _single ??= ReadOnlyOneAsync();

    public async IAsyncEnumerable<TResponse> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (await ReadAsync(cancellationToken) is { } message)
        {
            yield return message;
        }

        _telemetry?.End(StatusCode.Ok);
    }

    /// <summary>Sends a request of a stream.</summary>
    /// <returns>False if the call has ended; its status tells why.</returns>
    public async ValueTask<bool> TryWriteAsync(TRequest request, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _writing ??= new PooledBuffer();
        _writing.Clear();
        EnvelopeWriter.Write(_writing, request, _channel.SendLimit, GrpcRequest.EncodingOf(_compress));
        using var linked = Linked(cancellationToken);
        var token = linked?.Token ?? _cancellation.Token;
        try
        {
            var stream = await _requests!.Opened;
            await stream.WriteAsync(_writing.WrittenMemory, token);
            await stream.FlushAsync(token);
            return true;
        }
        catch (Exception exception) when (exception is not RpcException)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                _telemetry?.End(StatusCode.Cancelled);
                // The message may be half sent, which nothing can follow.
                await _cancellation.CancelAsync();
                throw new OperationCanceledException("The call was given up.", exception, cancellationToken);
            }

            if (_cancellation.IsCancellationRequested)
            {
                throw Failure(exception, CancellationToken.None);
            }

            if (_requests!.Opened.IsCanceled)
            {
                await _response!;
            }

            return false;
        }
    }

    /// <summary>Half-closes the stream of requests.</summary>
    public void CompleteRequests() => _requests!.Complete();

    /// <summary>How the call failed, if that can be known without reading responses.</summary>
    public async Task<RpcException?> FailureIfKnownAsync()
    {
        if (_failure is null && _response is { IsCompleted: true })
        {
            try
            {
                await OpenAsync();
            }
            catch (RpcException failure)
            {
                return failure;
            }
        }

        return _failure;
    }

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _telemetry?.End(StatusCode.Cancelled);
        // Resets the stream unless both sides have ended.
        _cancellation.Cancel();
        if (_response is { IsCompletedSuccessfully: true } response)
        {
            response.Result.Dispose();
        }

        _requests?.Dispose();
        _cancellation.Dispose();
        _deadline?.Dispose();
    }

    private async Task<TResponse> ReadOnlyOneAsync()
    {
        var message = await ReadAsync(CancellationToken.None);
        if (message is null)
        {
            throw Miscounted("The server answered OK without a response.");
        }

        if (await ReadAsync(CancellationToken.None) is not null)
        {
            throw Miscounted("The server sent more than one response.");
        }

        _telemetry?.End(StatusCode.Ok);
        return message;
    }

    private RpcException Miscounted(string message)
    {
        _telemetry?.End(StatusCode.Unimplemented, message);
        return new RpcException(StatusCode.Unimplemented, message);
    }

    private static CancellationTokenSource Timer(TimeSpan timeout, TimeProvider time) =>
        timeout <= TimeSpan.Zero
            ? new CancellationTokenSource(TimeSpan.Zero, time)
            // Longer than a timer can wait is without end.
            : new CancellationTokenSource(timeout < TimeSpan.FromDays(49) ? timeout : Timeout.InfiniteTimeSpan, time);

    private ReadOnlyMemoryContent Single(TRequest request)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(EnvelopePrefix.Size + request.CalculateSize());
        EnvelopeWriter.Write(buffer, request, _channel.SendLimit, GrpcRequest.EncodingOf(_compress));
        return new ReadOnlyMemoryContent(buffer.WrittenMemory);
    }

    /// <summary>Sends with the span of the call as the current one, which it is not for whoever started the call.</summary>
    private Task<HttpResponseMessage> SendWithin(Activity span, HttpRequestMessage request)
    {
        var current = Activity.Current;
        Activity.Current = span;
        var response = SendAsync(request);
        Activity.Current = current;
        return response;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request)
    {
        try
        {
            return await _channel.SendAsync(request, _cancellation.Token);
        }
        catch (Exception exception)
        {
            throw Failure(exception, CancellationToken.None);
        }
        finally
        {
            // By now the body is open, or never will be.
            _requests?.Abandon();
        }
    }

    /// <summary>The response, once it is known to be one of gRPC and not an error without messages.</summary>
    private async Task<HttpResponseMessage> OpenAsync()
    {
        var response = await _response!;
        if (_reader is null)
        {
            if (GrpcResponse.FailureOf(response) is { } failure)
            {
                throw End(failure);
            }

            var body = await response.Content.ReadAsStreamAsync(_cancellation.Token);
            _reader = new EnvelopeReader(PipeReader.Create(body), _channel.ReceiveLimit)
            {
                Encoding = GrpcResponse.EncodingOf(response),
            };
        }

        return response;
    }

    private async ValueTask<TResponse?> ReadAsync(CancellationToken cancellationToken)
    {
        if (_failure is not null)
        {
            throw _failure;
        }

        try
        {
            var response = await OpenAsync();
            using var linked = Linked(cancellationToken);
            var message = (TResponse?)await _reader!.ReadAsync(_method.Responses, linked?.Token ?? _cancellation.Token);
            if (message is not null)
            {
                return message;
            }

            var failure = GrpcResponse.StatusOf(response, out _trailers);
            return failure is null ? null : throw End(failure);
        }
        catch (RpcException failure)
        {
            _telemetry?.End(failure.Code, failure.Message);
            throw;
        }
        catch (Exception exception)
        {
            throw Failure(exception, cancellationToken);
        }
    }

    private CancellationTokenSource? Linked(CancellationToken cancellationToken) =>
        cancellationToken.CanBeCanceled
            ? CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _cancellation.Token)
            : null;

    private RpcException End(RpcException failure)
    {
        _failure = failure;
        _trailers = failure.Trailers;
        _telemetry?.End(failure.Code, failure.Message);
        return failure;
    }

    /// <summary>What a failure means; unless only a wait was given up, the call has ended by it.</summary>
    private Exception Failure(Exception exception, CancellationToken waiting)
    {
        var failure = Describe(exception, waiting);
        if (failure is RpcException status)
        {
            _telemetry?.End(status.Code, status.Message);
        }
        else if (_caller.IsCancellationRequested)
        {
            _telemetry?.End(StatusCode.Cancelled, failure.Message);
        }

        return failure;
    }

    private Exception Describe(Exception exception, CancellationToken waiting)
    {
        if (_deadline is { IsCancellationRequested: true })
        {
            return new RpcException(
                StatusCode.DeadlineExceeded,
                $"{_method} was not done within {_options.Timeout}.",
                [],
                inner: exception
            );
        }

        if (_caller.IsCancellationRequested)
        {
            return new OperationCanceledException("The call was cancelled by its caller.", exception, _caller);
        }

        if (waiting.IsCancellationRequested)
        {
            return new OperationCanceledException("The wait was cancelled by the caller.", exception, waiting);
        }

        // HttpClient cancels what it was reading when a connection breaks; only what was disposed of here was given up.
        return exception is OperationCanceledException && _disposed
            ? new RpcException(StatusCode.Cancelled, "The call was given up.", [], inner: exception)
            : TransportFailure.Of(exception);
    }
}
