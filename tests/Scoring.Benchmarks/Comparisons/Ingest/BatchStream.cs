using System.Net;

namespace Scoring.Benchmarks.Comparisons.Ingest;

/// <summary>A StreamEvents call with so many batches under way.</summary>
internal sealed class BatchStream(GrpcTransport transport, BatchSource source) : IDisposable
{
    /// <summary>What the server takes of one stream.</summary>
    private const int Window = 8;

    private readonly BatchTemplate _template = EventRequest.Template();
    private readonly SemaphoreSlim _slots = new(Window);
    private long _sent;

    /// <summary>Sends until nothing is left, and sees every answer.</summary>
    public async Task RunAsync()
    {
        using var cancellation = new CancellationTokenSource();
        using var content = new Batches(this, cancellation.Token);
        using var answer = await transport.CallAsync("StreamEvents", content, cancellation.Token);
        try
        {
            await using var body = await answer.Content.ReadAsStreamAsync(cancellation.Token);
            var answered = await ReadAsync(body);
            GrpcTransport.ThrowUnlessOk(answer);
            if (answered != _sent)
            {
                throw new InvalidOperationException($"{_sent} batches were sent and {answered} answered.");
            }
        }
        finally
        {
            await cancellation.CancelAsync();
        }
    }

    public void Dispose() => _slots.Dispose();

    private async Task<long> ReadAsync(Stream body)
    {
        var buffer = new byte[64 * 1024];
        var (filled, answers) = (0, 0L);
        while (await body.ReadAsync(buffer.AsMemory(filled)) is > 0 and var read)
        {
            filled += read;
            var taken = 0;
            while (EventRequest.TakeAnswer(buffer.AsSpan(taken..filled)) is > 0 and var length)
            {
                taken += length;
                answers++;
                _slots.Release();
            }

            buffer.AsSpan(taken..filled).CopyTo(buffer);
            filled -= taken;
        }

        return answers;
    }

    private async Task SendAsync(Stream body, CancellationToken cancellationToken)
    {
        while (true)
        {
            await _slots.WaitAsync(cancellationToken);
            await source.UntilDueAsync();
            if (!_template.TryFill(source))
            {
                return;
            }

            // What was written has been copied: the template may be filled again.
            await body.WriteAsync(_template.Bytes, cancellationToken);
            await body.FlushAsync(cancellationToken);
            _sent++;
        }
    }

    private sealed class Batches(BatchStream stream, CancellationToken cancellationToken) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream body, TransportContext? context) =>
            stream.SendAsync(body, cancellationToken);

        protected override bool TryComputeLength(out long length)
        {
            length = -1;
            return false;
        }
    }
}
