using System.Net.Sockets;
using System.Text;
using Scoring.Benchmarks.Comparisons.Ingest;

namespace Scoring.Benchmarks.Comparisons.Redis;

/// <summary>A connection to Redis with several batches under way, each one write.</summary>
internal sealed class RedisPipeline(Socket socket, RedisScript script, BatchSource source) : IDisposable
{
    private const int Window = 4;

    private readonly BatchTemplate _template = script.Template();
    private readonly byte[] _expected = script.Answer;
    private readonly SemaphoreSlim _slots = new(Window);

    /// <summary>Sends until nothing is left, and sees every answer.</summary>
    public async Task RunAsync()
    {
        using var failed = new CancellationTokenSource();
        var sending = SendAsync(failed.Token);
        try
        {
            await ReceiveAsync(sending);
        }
        finally
        {
            await failed.CancelAsync();
            await ((Task)sending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose() => _slots.Dispose();

    private async Task<long> SendAsync(CancellationToken cancellationToken)
    {
        for (var batches = 0L; ; batches++)
        {
            await _slots.WaitAsync(cancellationToken);
            if (!_template.TryFill(source))
            {
                await AllAnsweredAsync(cancellationToken);
                // Not sooner: Redis drops what it has not answered yet when it sees the end.
                socket.Shutdown(SocketShutdown.Send);
                return batches;
            }

            for (var rest = _template.Bytes; rest.Length > 0; )
            {
                rest = rest[await socket.SendAsync(rest, cancellationToken)..];
            }
        }
    }

    private async Task AllAnsweredAsync(CancellationToken cancellationToken)
    {
        for (var slot = 1; slot < Window; slot++)
        {
            await _slots.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Reads until Redis has answered all and closes.</summary>
    private async Task ReceiveAsync(Task<long> sending)
    {
        var buffer = new byte[64 * 1024];
        var (received, batches) = (0L, 0L);
        while (await socket.ReceiveAsync(buffer) is > 0 and var read)
        {
            Check(buffer.AsSpan(0, read), received);
            received += read;
            var answered = received / _expected.Length / script.AnswersPerBatch;
            if (answered > batches)
            {
                _slots.Release((int)(answered - batches));
                batches = answered;
            }
        }

        if (await sending != batches || received % _expected.Length != 0)
        {
            throw new InvalidOperationException($"Redis closed the connection after {batches} batches.");
        }
    }

    /// <summary>All answers are alike, so what comes is one repeated text.</summary>
    private void Check(ReadOnlySpan<byte> answers, long before)
    {
        var at = (int)(before % _expected.Length);
        foreach (var octet in answers)
        {
            if (octet != _expected[at])
            {
                throw new InvalidOperationException(
                    $"Redis did not take every event: {Encoding.UTF8.GetString(answers)}"
                );
            }

            at = at + 1 == _expected.Length ? 0 : at + 1;
        }
    }
}
