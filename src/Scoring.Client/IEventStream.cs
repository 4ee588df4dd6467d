using Grpc.Core;
using Scoring.V1;

namespace Scoring.Client;

/// <summary>One stream of batches and their answers, as far as <see cref="EventSender"/> uses it.</summary>
internal interface IEventStream : IDisposable
{
    Task WriteAsync(RecordEventsRequest batch, CancellationToken cancellationToken);

    /// <summary>The next answer; null when the server has ended the stream.</summary>
    Task<RecordEventsResponse?> ReadAsync(CancellationToken cancellationToken);

    Task CompleteAsync();
}

/// <summary><c>StreamEvents</c> of a server.</summary>
internal sealed class GrpcEventStream(AsyncDuplexStreamingCall<RecordEventsRequest, RecordEventsResponse> call)
    : IEventStream
{
    public Task WriteAsync(RecordEventsRequest batch, CancellationToken cancellationToken) =>
        call.RequestStream.WriteAsync(batch, cancellationToken);

    public async Task<RecordEventsResponse?> ReadAsync(CancellationToken cancellationToken) =>
        await call.ResponseStream.MoveNext(cancellationToken) ? call.ResponseStream.Current : null;

    public Task CompleteAsync() => call.RequestStream.CompleteAsync();

    public void Dispose() => call.Dispose();
}
