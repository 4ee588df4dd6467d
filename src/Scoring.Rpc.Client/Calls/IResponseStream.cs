namespace Scoring.Rpc.Client.Calls;

/// <summary>The side of a call that its responses come from, whatever its requests are.</summary>
internal interface IResponseStream<out TResponse> : IDisposable
{
    Metadata Trailers { get; }

    Task<Metadata> HeadersAsync(CancellationToken cancellationToken);

    IAsyncEnumerable<TResponse> ReadAllAsync(CancellationToken cancellationToken);
}
