using Scoring.Rpc.Client;
using Scoring.V1;

namespace Scoring.Client;

/// <summary>One stream of batches and their answers, as far as <see cref="EventSender"/> uses it.</summary>
internal interface IEventStream : IAsyncDisposable
{
    Task WriteAsync(RecordEventsRequest batch, CancellationToken cancellationToken);

    /// <summary>The next answer; null when the server has ended the stream.</summary>
    Task<RecordEventsResponse?> ReadAsync(CancellationToken cancellationToken);

    Task CompleteAsync(CancellationToken cancellationToken);
}

/// <summary><c>StreamEvents</c> of a server.</summary>
internal sealed class RpcEventStream(DuplexCall<RecordEventsRequest, RecordEventsResponse> call) : IEventStream
{
    private IAsyncEnumerator<RecordEventsResponse>? _answers;

    public async Task WriteAsync(RecordEventsRequest batch, CancellationToken cancellationToken) =>
        await call.WriteAsync(batch, cancellationToken);

    public async Task<RecordEventsResponse?> ReadAsync(CancellationToken cancellationToken)
    {
        // The whole stream shares one token, so the enumerator may keep the one of its first read.
        _answers ??= call.ReadAllAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        return await _answers.MoveNextAsync() ? _answers.Current : null;
    }

    public async Task CompleteAsync(CancellationToken cancellationToken) => await call.CompleteAsync();

    public async ValueTask DisposeAsync() => await call.DisposeAsync();
}
