using Google.Protobuf;
using Scoring.Rpc.Client.Calls;

namespace Scoring.Rpc.Client;

/// <summary>A running call with a stream of requests. Disposing it before its end cancels it.</summary>
/// <typeparam name="TRequest">The type of the requests.</typeparam>
/// <typeparam name="TResponse">The type of the response.</typeparam>
public sealed class ClientStreamingCall<TRequest, TResponse> : IAsyncDisposable
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    private readonly ClientCall<TRequest, TResponse> _call;

    internal ClientStreamingCall(ClientCall<TRequest, TResponse> call) => _call = call;

    /// <summary>What the server sent with the status; empty until it has answered.</summary>
    public Metadata Trailers => _call.Trailers;

    /// <summary>What the server sends before the response.</summary>
    /// <param name="cancellationToken">Ends the wait, not the call.</param>
    /// <exception cref="RpcException">The call failed before.</exception>
    public Task<Metadata> HeadersAsync(CancellationToken cancellationToken = default) =>
        _call.HeadersAsync(cancellationToken);

    /// <summary>Sends a request; waits while the server does not read. One at a time.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Gives the call up: a message that is half sent cannot be taken back.</param>
    /// <exception cref="RpcException">
    /// The call has ended; says how. CANCELLED if it ended well, in which case <see cref="CompleteAsync"/> still gives the response.
    /// </exception>
    public async ValueTask WriteAsync(TRequest request, CancellationToken cancellationToken = default)
    {
        if (!await _call.TryWriteAsync(request, cancellationToken))
        {
            await _call.ReadSingleAsync();
            throw new RpcException(
                StatusCode.Cancelled,
                "The server answered before this request was sent; CompleteAsync gives the answer."
            );
        }
    }

    /// <summary>Says that there are no more requests, and waits for the response.</summary>
    /// <param name="cancellationToken">Ends the wait, not the call.</param>
    /// <exception cref="RpcException">The call failed.</exception>
    public async Task<TResponse> CompleteAsync(CancellationToken cancellationToken = default)
    {
        _call.CompleteRequests();
        return await _call.ReadSingleAsync().WaitAsync(cancellationToken);
    }

    /// <summary>Ends the call.</summary>
    public ValueTask DisposeAsync()
    {
        _call.Dispose();
        return ValueTask.CompletedTask;
    }
}
