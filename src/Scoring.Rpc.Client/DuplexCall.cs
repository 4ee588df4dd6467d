using Google.Protobuf;
using Scoring.Rpc.Client.Calls;

namespace Scoring.Rpc.Client;

/// <summary>A running call with a stream both ways; one task may write while another reads. Disposing it before its end cancels it.</summary>
/// <typeparam name="TRequest">The type of the requests.</typeparam>
/// <typeparam name="TResponse">The type of the responses.</typeparam>
public sealed class DuplexCall<TRequest, TResponse> : IAsyncDisposable
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    private readonly ClientCall<TRequest, TResponse> _call;

    internal DuplexCall(ClientCall<TRequest, TResponse> call) => _call = call;

    /// <summary>What the server sent with the status; empty until the stream has ended.</summary>
    public Metadata Trailers => _call.Trailers;

    /// <summary>What the server sends before the first response.</summary>
    /// <param name="cancellationToken">Ends the wait, not the call.</param>
    /// <exception cref="RpcException">The call failed before.</exception>
    public Task<Metadata> HeadersAsync(CancellationToken cancellationToken = default) =>
        _call.HeadersAsync(cancellationToken);

    /// <summary>Sends a request; waits while the server does not read. One at a time.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Gives the call up: a message that is half sent cannot be taken back.</param>
    /// <exception cref="RpcException">
    /// The call has ended. CANCELLED if its status is not known yet because responses before it are unread: reading them tells.
    /// </exception>
    public async ValueTask WriteAsync(TRequest request, CancellationToken cancellationToken = default)
    {
        if (!await _call.TryWriteAsync(request, cancellationToken))
        {
            throw await _call.FailureIfKnownAsync()
                ?? new RpcException(StatusCode.Cancelled, "The call has ended; reading the responses tells how.");
        }
    }

    /// <summary>Says that there are no more requests.</summary>
    public ValueTask CompleteAsync()
    {
        _call.CompleteRequests();
        return ValueTask.CompletedTask;
    }

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
