using Google.Protobuf;
using Scoring.Rpc.Client.Calls;

namespace Scoring.Rpc.Client;

/// <summary>A running call with a stream of responses. Disposing it before its end cancels it.</summary>
/// <typeparam name="TResponse">The type of the responses.</typeparam>
public sealed class ServerStreamingCall<TResponse> : IAsyncDisposable
    where TResponse : class, IMessage<TResponse>
{
    private readonly IResponseStream<TResponse> _call;

    internal ServerStreamingCall(IResponseStream<TResponse> call) => _call = call;

    /// <summary>What the server sent with the status; empty until the stream has ended.</summary>
    public Metadata Trailers => _call.Trailers;

    /// <summary>What the server sends before the first response.</summary>
    /// <param name="cancellationToken">Ends the wait, not the call.</param>
    /// <exception cref="RpcException">The call failed before.</exception>
    public Task<Metadata> HeadersAsync(CancellationToken cancellationToken = default) =>
        _call.HeadersAsync(cancellationToken);

    /// <summary>The responses as they come; once.</summary>
    /// <param name="cancellationToken">Ends the wait, not the call.</param>
    /// <exception cref="RpcException">The call failed; responses before that are given first.</exception>
    public IAsyncEnumerable<TResponse> ReadAllAsync(CancellationToken cancellationToken = default) =>
        _call.ReadAllAsync(cancellationToken);

    /// <summary>Ends the call.</summary>
    public ValueTask DisposeAsync()
    {
        _call.Dispose();
        return ValueTask.CompletedTask;
    }
}
