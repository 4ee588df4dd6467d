using System.Collections.Concurrent;
using System.Net;
using Google.Protobuf;
using Scoring.Rpc.Client.Calls;
using Scoring.Rpc.Client.Telemetry;
using Scoring.Rpc.Client.Tls;
using Scoring.Rpc.Messages;

namespace Scoring.Rpc.Client;

/// <summary>A server to call, over as many HTTP/2 connections as it needs. Safe for concurrent use; keep one per server.</summary>
/// <remarks>
/// Every call fails with <see cref="RpcException"/>; a call that its caller cancels fails with
/// <see cref="OperationCanceledException"/>. Nothing is retried.
/// </remarks>
public sealed class RpcChannel : IDisposable, IAsyncDisposable
{
    private readonly ConcurrentDictionary<RpcMethod, MethodTarget> _targets = new();
    private readonly HttpMessageInvoker _http;

    /// <summary>A channel to a server; connects at the first call.</summary>
    /// <param name="address">Such as <c>http://localhost:5081</c> (HTTP/2 without TLS) or <c>https://scoring.example</c>; a path in it is ignored.</param>
    /// <param name="options">The settings; null for the defaults.</param>
    /// <exception cref="ArgumentException">The address is not one of http or https, or of a client certificate and its key one is missing.</exception>
    /// <exception cref="PemFileException">A file of <see cref="RpcChannelOptions.Tls"/> is no good.</exception>
    public RpcChannel(string address, RpcChannelOptions? options = null)
        : this(
            Uri.TryCreate(address, UriKind.Absolute, out var uri)
                ? uri
                : throw new ArgumentException(
                    $"'{address}' is not an absolute address such as http://localhost:5081.",
                    nameof(address)
                ),
            options
        ) { }

    /// <summary>A channel to a server; connects at the first call.</summary>
    /// <param name="address">Of http (HTTP/2 without TLS) or https.</param>
    /// <param name="options">The settings; null for the defaults.</param>
    /// <exception cref="ArgumentException">The address is not one of http or https, or of a client certificate and its key one is missing.</exception>
    /// <exception cref="PemFileException">A file of <see cref="RpcChannelOptions.Tls"/> is no good.</exception>
    public RpcChannel(Uri address, RpcChannelOptions? options = null)
    {
        if (!address.IsAbsoluteUri || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps))
        {
            throw new ArgumentException($"'{address}' is not an absolute http or https address.", nameof(address));
        }

        Address = address;
        Options = options ?? new RpcChannelOptions();
        ReceiveLimit = new MessageLimit(
            Options.MaxReceiveMessageSize,
            "the client's RpcChannelOptions.MaxReceiveMessageSize"
        );
        SendLimit = new MessageLimit(Options.MaxSendMessageSize, "the client's RpcChannelOptions.MaxSendMessageSize");
        _http = new HttpMessageInvoker(
            Options.Handler ?? NewHandler(Options.Tls),
            disposeHandler: Options.Handler is null
        );
    }

    /// <summary>The server.</summary>
    public Uri Address { get; }

    internal RpcChannelOptions Options { get; }

    /// <summary>The methods that were called; as many as there are methods.</summary>
    internal MethodTarget TargetOf(RpcMethod method) =>
        _targets.GetOrAdd(method, static (called, server) => new MethodTarget(server, called), Address);

    internal MessageLimit ReceiveLimit { get; }

    internal MessageLimit SendLimit { get; }

    /// <summary>One request, one response.</summary>
    /// <typeparam name="TRequest">The type of the request.</typeparam>
    /// <typeparam name="TResponse">The type of the response.</typeparam>
    /// <param name="method">A unary method.</param>
    /// <param name="request">The request.</param>
    /// <param name="options">What the call asks for beyond that.</param>
    /// <param name="cancellationToken">Gives the call up; the server is told.</param>
    /// <exception cref="RpcException">The call failed.</exception>
    public async Task<TResponse> UnaryAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method,
        TRequest request,
        CallOptions? options = null,
        CancellationToken cancellationToken = default
    )
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        using var call = Start(method, RpcMethodKind.Unary, options, request, cancellationToken);
        return await call.ReadSingleAsync();
    }

    /// <summary>One request, one response, and the metadata around it.</summary>
    /// <typeparam name="TRequest">The type of the request.</typeparam>
    /// <typeparam name="TResponse">The type of the response.</typeparam>
    /// <param name="method">A unary method.</param>
    /// <param name="request">The request.</param>
    /// <param name="options">What the call asks for beyond that.</param>
    /// <param name="cancellationToken">Gives the call up; the server is told.</param>
    /// <exception cref="RpcException">The call failed.</exception>
    public async Task<RpcResponse<TResponse>> UnaryResponseAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method,
        TRequest request,
        CallOptions? options = null,
        CancellationToken cancellationToken = default
    )
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        using var call = Start(method, RpcMethodKind.Unary, options, request, cancellationToken);
        var message = await call.ReadSingleAsync();
        return new RpcResponse<TResponse>(message, await call.HeadersAsync(cancellationToken), call.Trailers);
    }

    /// <summary>One request, a stream of responses.</summary>
    /// <typeparam name="TRequest">The type of the request.</typeparam>
    /// <typeparam name="TResponse">The type of the responses.</typeparam>
    /// <param name="method">A server streaming method.</param>
    /// <param name="request">The request.</param>
    /// <param name="options">What the call asks for beyond that.</param>
    /// <param name="cancellationToken">Gives the call up at any time; the server is told.</param>
    public ServerStreamingCall<TResponse> ServerStreaming<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method,
        TRequest request,
        CallOptions? options = null,
        CancellationToken cancellationToken = default
    )
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> =>
        new(Start(method, RpcMethodKind.ServerStreaming, options, request, cancellationToken));

    /// <summary>A stream of requests, one response.</summary>
    /// <typeparam name="TRequest">The type of the requests.</typeparam>
    /// <typeparam name="TResponse">The type of the response.</typeparam>
    /// <param name="method">A client streaming method.</param>
    /// <param name="options">What the call asks for.</param>
    /// <param name="cancellationToken">Gives the call up at any time; the server is told.</param>
    public ClientStreamingCall<TRequest, TResponse> ClientStreaming<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method,
        CallOptions? options = null,
        CancellationToken cancellationToken = default
    )
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> =>
        new(Start(method, RpcMethodKind.ClientStreaming, options, null, cancellationToken));

    /// <summary>A stream of requests and a stream of responses.</summary>
    /// <typeparam name="TRequest">The type of the requests.</typeparam>
    /// <typeparam name="TResponse">The type of the responses.</typeparam>
    /// <param name="method">A bidirectional method.</param>
    /// <param name="options">What the call asks for.</param>
    /// <param name="cancellationToken">Gives the call up at any time; the server is told.</param>
    public DuplexCall<TRequest, TResponse> Duplex<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method,
        CallOptions? options = null,
        CancellationToken cancellationToken = default
    )
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> =>
        new(Start(method, RpcMethodKind.Duplex, options, null, cancellationToken));

    /// <summary>Closes the connections; calls that still run fail.</summary>
    public void Dispose() => _http.Dispose();

    /// <summary>Closes the connections; calls that still run fail.</summary>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    internal Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        _http.SendAsync(request, cancellationToken);

    private ClientCall<TRequest, TResponse> Start<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method,
        RpcMethodKind kind,
        CallOptions? options,
        TRequest? request,
        CancellationToken cancellationToken
    )
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        if (method.Kind != kind)
        {
            throw new ArgumentException($"{method} is {method.Kind}, not {kind}.", nameof(method));
        }

        var call = new ClientCall<TRequest, TResponse>(this, method, options ?? new CallOptions(), cancellationToken);
        call.Start(request);
        return call;
    }

    private static SocketsHttpHandler NewHandler(ClientTlsOptions? tls) =>
        new()
        {
            SslOptions = tls is null ? new() : ClientTls.Load(tls),
            // A server allows some hundred streams per connection; more calls take another connection instead of waiting.
            EnableMultipleHttp2Connections = true,
            // A connection that died silently is noticed while calls wait on it.
            KeepAlivePingDelay = TimeSpan.FromSeconds(30),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(20),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            ConnectTimeout = TimeSpan.FromSeconds(15),
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            UseProxy = false,
            // The span of the call is the one that the server is told of; one of the request below it would say nothing more.
            ActivityHeadersPropagator = null,
        };
}
