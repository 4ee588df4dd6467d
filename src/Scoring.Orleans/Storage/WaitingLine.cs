using System.Threading.Channels;

namespace Scoring.Cluster.Storage;

/// <summary>What waits for the store, taken in groups by a fixed number of workers: what comes while they are all busy goes with the next group.</summary>
internal sealed class WaitingLine<T> : IAsyncDisposable
{
    private readonly Channel<T> _queue = Channel.CreateUnbounded<T>();
    private readonly Task[] _workers;

    /// <param name="workers">How many groups may be under way.</param>
    /// <param name="takeAsync">Takes a group from what waits, at least one, and sees it through; it must not throw.</param>
    public WaitingLine(int workers, Func<ChannelReader<T>, Task> takeAsync) =>
        _workers = [.. Enumerable.Range(0, workers).Select(_ => Task.Run(() => WorkAsync(takeAsync)))];

    /// <summary>Puts one behind the others; false once the line is closed.</summary>
    public bool TryAdd(T waiting) => _queue.Writer.TryWrite(waiting);

    /// <summary>Takes no more and ends once what was taken is done.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await Task.WhenAll(_workers);
    }

    private async Task WorkAsync(Func<ChannelReader<T>, Task> takeAsync)
    {
        while (await _queue.Reader.WaitToReadAsync())
        {
            await takeAsync(_queue.Reader);
        }
    }
}
