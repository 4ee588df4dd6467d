using System.Diagnostics;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Google.Protobuf;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Scoring.Rpc.Binding;
using Scoring.Rpc.Hosting;
using Scoring.Rpc.Messages;
using Scoring.Rpc.Protocols;
using Scoring.Rpc.Telemetry;

namespace Scoring.Rpc.Calls;

/// <summary>One call on a server: what every protocol has in common. A protocol says how messages, headers and status are written.</summary>
/// <remarks>
/// The deadline answers from a timer while the handler may still run and write. Whoever takes <see cref="_finished"/> first, under
/// the deadline's gate, writes the status; after that nothing of the handler reaches the response any more. Without a deadline
/// the call has one thread of control and no gate.
/// </remarks>
internal abstract class ServerCall(HttpContext http, RpcMethod method, RpcServer server) : CallContext, IAsyncDisposable
{
    /// <summary>Responses that are ready at once are flushed together up to so many bytes.</summary>
    private const int FlushThreshold = 32 * 1024;

    /// <summary>How long after the deadline a caller over HTTP/1.1 that is slow to read may take for what it was sent, before it is cut off.</summary>
    private static readonly TimeSpan ReadingGrace = TimeSpan.FromSeconds(10);

    private CallDeadline? _deadline;
    private Metadata? _requestHeaders;
    private Metadata? _responseHeaders;
    private Metadata? _responseTrailers;
    private bool _compress = server.Options.CompressResponses;
    private int _unflushed;
    private bool _gone;
    private bool _finished;
    private CallTelemetry _telemetry;

    public override RpcMethod Method => method;

    public override DateTimeOffset? Deadline => _deadline?.Instant;

    public override CancellationToken CancellationToken => _deadline?.Token ?? http.RequestAborted;

    public override CancellationToken ServerStopping => server.Stopping;

    public override Metadata RequestHeaders => _requestHeaders ??= ReadRequestHeaders(http.Request);

    public override Metadata ResponseHeaders => _responseHeaders ??= [];

    public override Metadata ResponseTrailers => _responseTrailers ??= [];

    public override string Peer => PeerOf(http);

    public override HttpContext HttpContext => http;

    public override bool CompressResponses
    {
        get => _compress;
        set
        {
            _compress = value;
            MayCompress = true;
        }
    }

    /// <summary>Why the call is not to be handled; null if it is.</summary>
    public Exception? Refusal { get; private set; }

    /// <summary>The requests that were read.</summary>
    public int RequestCount { get; private set; }

    /// <summary>The responses that were written.</summary>
    public int ResponseCount { get; private set; }

    /// <summary>The name of the protocol, for the log.</summary>
    public string Protocol { get; private set; } = "";

    protected RpcServer Server => server;

    /// <summary>Whether some response may be compressed, so that the headers have to name an encoding.</summary>
    protected bool MayCompress { get; private set; } = server.Options.CompressResponses;

    /// <summary>Whether the answer is one with its status, so that nothing goes out before that is known.</summary>
    protected virtual bool AnswersWhole => false;

    /// <summary>
    /// What ends a wait on the connection. The connection itself ends it when the caller goes away, so without a deadline no token is
    /// needed, and the server is spared making one for every call.
    /// </summary>
    protected CancellationToken WaitToken => _deadline?.Token ?? CancellationToken.None;

    /// <summary>Whether the headers of the response are on their way, so that they can no longer carry the status.</summary>
    protected bool HeadersSent { get; private set; }

    /// <summary>What the handler put into the headers; null if nothing.</summary>
    protected Metadata? ResponseHeadersIfAny => _responseHeaders;

    /// <summary>What the handler put into the trailers; null if nothing.</summary>
    protected Metadata? ResponseTrailersIfAny => _responseTrailers;

    /// <summary>The address of the caller of a request.</summary>
    public static string PeerOf(HttpContext http) => $"{http.Connection.RemoteIpAddress}:{http.Connection.RemotePort}";

    /// <summary>Starts to measure the call; before anything else.</summary>
    public void Observe(IProtocol protocol, MethodTelemetry measured)
    {
        Protocol = protocol.Name;
        _telemetry = server.Telemetry.Start(http, measured, protocol.System);
    }

    /// <summary>Reads what the protocol says of the call before its messages.</summary>
    /// <exception cref="RpcException">The headers are wrong or ask for what is not offered.</exception>
    public abstract void Begin();

    /// <summary>Begins; what is wrong is kept for the end of the chain of interceptors.</summary>
    public void TryBegin()
    {
        try
        {
            Begin();
        }
        catch (Exception exception)
        {
            Refusal = exception;
        }
    }

    /// <summary>Notes that a request was read.</summary>
    public void CountRequest() => RequestCount++;

    /// <summary>Makes sure that a call without error has its response, which an interceptor may have kept from it.</summary>
    /// <exception cref="InvalidOperationException">It has none.</exception>
    public void RequireResponse()
    {
        if (!_finished && ResponseCount == 0 && method.Kind is RpcMethodKind.Unary or RpcMethodKind.ClientStreaming)
        {
            throw new InvalidOperationException(
                "An interceptor ended the call without a response and without an error."
            );
        }
    }

    /// <summary>The one request of a method whose requests are no stream.</summary>
    public abstract ValueTask<object> ReceiveSingleAsync(MessageDecoder decoder);

    /// <summary>The requests of a stream, in order, as the handler asks for them.</summary>
    public async IAsyncEnumerable<T> ReceiveAllAsync<T>(
        MessageDecoder decoder,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
        where T : class
    {
        using var linked = cancellationToken.CanBeCanceled
            ? CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, CancellationToken)
            : null;
        var token = linked?.Token ?? CancellationToken;
        while (await ReceiveAsync(decoder, token) is { } message)
        {
            CountRequest();
            using (message as IDisposable)
            {
                yield return (T)message;
            }
        }
    }

    /// <summary>Sends the response of a method whose responses are no stream; it goes out with the status.</summary>
    public async ValueTask SendSingleAsync(IMessage message)
    {
        CheckMessage(message);
        if (!AnswersWhole)
        {
            await StartAsync();
        }

        Write(message);
    }

    /// <summary>Sends the response of a unary method that is bytes already; it goes out with the status.</summary>
    public async ValueTask SendSingleAsync(IEncodedMessage message)
    {
        CheckMessage(message);
        if (!AnswersWhole)
        {
            await StartAsync();
        }

        using (EnterGate())
        {
            ThrowIfOver(open: true);
            _unflushed += WriteMessage(http.Response.BodyWriter, message);
            ResponseCount++;
        }
    }

    /// <summary>Sends a stream of responses, waiting while the caller does not read.</summary>
    public async Task SendAllAsync<T>(IAsyncEnumerable<T> messages)
        where T : class, IMessage
    {
        await using var responses = messages.GetAsyncEnumerator(CancellationToken);
        while (true)
        {
            // What was yielded goes out before the handler is waited for. A failed flush shows below: the enumerator
            // must not be disposed while it is busy.
            var next = responses.MoveNextAsync();
            var open = next.IsCompleted || _unflushed == 0 || await FlushAsync();
            if (!await next)
            {
                return;
            }

            ThrowIfOver(open);
            CheckMessage(responses.Current);
            await StartAsync();
            Write(responses.Current);
            ThrowIfOver(_unflushed < FlushThreshold || await FlushAsync());
        }
    }

    public override async ValueTask SendHeadersAsync()
    {
        if (!HeadersSent && !AnswersWhole)
        {
            await StartAsync();
            ThrowIfOver(await FlushAsync());
        }
    }

    public override StatusCode StatusOf(Exception? thrown) =>
        _deadline is { HasPassed: true } ? StatusCode.DeadlineExceeded
        : thrown is null ? StatusCode.Ok
        : CodeOf(thrown);

    /// <summary>Ends the call with the status of what was thrown, OK if nothing was, unless the deadline has ended it.</summary>
    public void Finish(Exception? thrown)
    {
        var error = thrown is null ? null : ErrorOf(thrown);
        if (TryFinish())
        {
            server.Telemetry.End(_telemetry, error?.Code ?? StatusCode.Ok, error?.Message);
            WriteStatus(error, withMetadata: true);
        }
    }

    /// <summary>Stops the clock; waits for the answer at the deadline if that is under way.</summary>
    public ValueTask DisposeAsync() => _deadline?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>Takes the right to write the status. Once true, then never again.</summary>
    public bool TryFinish()
    {
        using (EnterGate())
        {
            var first = !_finished;
            _finished = true;
            return first;
        }
    }

    /// <summary>Answers at the deadline; only after <see cref="TryFinish"/>.</summary>
    public async Task AnswerDeadlineAsync()
    {
        server.Log.DeadlineExceeded(method.Path);
        var error = DeadlineExceeded();
        server.Telemetry.End(_telemetry, error.Code, error.Message);
        // The handler may still be adding to its headers and trailers, so they stay behind.
        WriteStatus(error, withMetadata: false);
        var completed = http.Response.CompleteAsync();
        try
        {
            await completed.WaitAsync(ReadingGrace, server.Time);
        }
        catch (TimeoutException)
        {
            http.Abort();
            await completed;
        }
    }

    public void LogDeadlineFailure(Exception exception) => server.Log.DeadlineFailed(method.Path, exception);

    /// <summary>Starts the clock of the call.</summary>
    /// <param name="timeout">What is left of the caller's patience.</param>
    /// <exception cref="RpcException">Nothing is left.</exception>
    protected void SetTimeout(TimeSpan timeout)
    {
        if (timeout <= TimeSpan.Zero)
        {
            throw DeadlineExceeded();
        }

        _deadline = new CallDeadline(this, timeout, server.Time, http.RequestAborted);
        _deadline.Start();
    }

    protected abstract ValueTask<object?> ReceiveAsync(MessageDecoder decoder, CancellationToken cancellationToken);

    /// <summary>Sets the headers of a response that has messages.</summary>
    protected abstract void WriteHeaders(HttpResponse response);

    /// <summary>Writes one message.</summary>
    /// <returns>The bytes written.</returns>
    protected abstract int WriteMessage(PipeWriter output, IMessage message);

    /// <summary>Writes one message that is bytes already.</summary>
    /// <returns>The bytes written.</returns>
    protected virtual int WriteMessage(PipeWriter output, IEncodedMessage message) =>
        WriteMessage(output, message.Parse());

    /// <summary>Sets the status, in the headers if they have not gone yet, with what the handler has added or without. Null is OK.</summary>
    protected abstract void WriteStatus(RpcException? error, bool withMetadata);

    /// <summary>Adds metadata to headers, each name with a prefix if the protocol wants one.</summary>
    protected static void Append(IHeaderDictionary headers, Metadata? metadata, string prefix = "")
    {
        if (metadata is null)
        {
            return;
        }

        foreach (var entry in metadata)
        {
            headers.Append(prefix.Length == 0 ? entry.Key : prefix + entry.Key, ReceivedMetadata.ToHeader(entry));
        }
    }

    private static RpcException DeadlineExceeded() =>
        new(StatusCode.DeadlineExceeded, "The deadline passed before the call was done.");

    private static void CheckMessage(object? message)
    {
        if (message is null)
        {
            throw new InvalidOperationException("The handler gave null as a response.");
        }
    }

    private static Metadata ReadRequestHeaders(HttpRequest request)
    {
        var metadata = new Metadata();
        foreach (var (name, values) in request.Headers)
        {
            foreach (var value in values)
            {
                ReceivedMetadata.Add(metadata, name, value ?? "");
            }
        }

        return metadata;
    }

    private Lock.Scope EnterGate() => _deadline is null ? default : _deadline.Gate.EnterScope();

    private Task StartAsync()
    {
        if (HeadersSent)
        {
            return Task.CompletedTask;
        }

        Task started;
        using (EnterGate())
        {
            ThrowIfOver(open: true);
            WriteHeaders(http.Response);
            HeadersSent = true;
            started = http.Response.StartAsync(WaitToken);
        }

        return started;
    }

    private void Write(IMessage message)
    {
        using (EnterGate())
        {
            ThrowIfOver(open: true);
            _unflushed += WriteMessage(http.Response.BodyWriter, message);
            ResponseCount++;
        }
    }

    /// <summary>Hands what was written to the connection; waits while the caller does not read.</summary>
    /// <returns>Whether the call is still open.</returns>
    private async ValueTask<bool> FlushAsync()
    {
        try
        {
            _unflushed = 0;
            // Kestrel takes a cancelled flush for a lost connection and resets it, so that the answer at the deadline would not
            // get through: the wait is given up, the flush is not.
            var flush = http.Response.BodyWriter.FlushAsync(CancellationToken.None);
            var result =
                flush.IsCompleted || _deadline is null ? await flush : await flush.AsTask().WaitAsync(_deadline.Token);
            _gone = result.IsCompleted || result.IsCanceled || http.RequestAborted.IsCancellationRequested;
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            _gone = true;
        }

        return !_gone;
    }

    private void ThrowIfOver(bool open)
    {
        if (!open || _finished)
        {
            throw new OperationCanceledException("The call is over.", CancellationToken);
        }
    }

    private StatusCode CodeOf(Exception thrown) =>
        thrown switch
        {
            RpcException error => error.Code,
            OperationCanceledException or IOException when _deadline is { HasPassed: true } =>
                StatusCode.DeadlineExceeded,
            StreamResetException or ConnectionResetException or ConnectionAbortedException => StatusCode.Cancelled,
            OperationCanceledException or IOException when _gone || http.RequestAborted.IsCancellationRequested =>
                StatusCode.Cancelled,
            OperationCanceledException when server.Stopping.IsCancellationRequested => StatusCode.Unavailable,
            _ => StatusCode.Internal,
        };

    private RpcException ErrorOf(Exception thrown)
    {
        if (thrown is RpcException error)
        {
            server.Log.Failed(method.Path, error.Code, error.Message);
            return error;
        }

        switch (CodeOf(thrown))
        {
            case StatusCode.DeadlineExceeded:
                return DeadlineExceeded();
            case StatusCode.Cancelled:
                server.Log.Cancelled(method.Path);
                return new RpcException(StatusCode.Cancelled, "The caller went away.");
            case StatusCode.Unavailable:
                return new RpcException(StatusCode.Unavailable, "The server is stopping.");
            default:
                return thrown is BadHttpRequestException bad ? BadRequest(bad) : Unexpected(thrown);
        }
    }

    private RpcException BadRequest(BadHttpRequestException bad)
    {
        server.Log.BadRequest(method.Path, bad);
        return bad.StatusCode == StatusCodes.Status413PayloadTooLarge
            ? new RpcException(StatusCode.ResourceExhausted, "The request body is larger than the server takes.")
            : new RpcException(StatusCode.InvalidArgument, $"The request body cannot be read: {bad.Message}");
    }

    private RpcException Unexpected(Exception thrown)
    {
        var reference = Activity.Current?.Id ?? http.TraceIdentifier;
        server.Log.Unexpected(method.Path, reference, thrown);
        return new RpcException(StatusCode.Internal, $"Internal error; the server's log has it as {reference}.");
    }
}
