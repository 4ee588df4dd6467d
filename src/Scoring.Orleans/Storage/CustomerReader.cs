using System.Threading.Channels;
using Scoring.Cluster.Customers;

namespace Scoring.Cluster.Storage;

/// <summary>Reads what the grains of this silo that activate want read, together: what waits while a statement is under way goes with the next.</summary>
/// <remarks>
/// When all silos have restarted, every customer that is called activates, and the store is asked as often as there are groups, over as many
/// connections as there are workers.
/// </remarks>
internal sealed class CustomerReader : IAsyncDisposable
{
    private const int MostTogether = 256;

    private readonly CustomerTable _table;
    private readonly WaitingLine<Waiting> _line;

    public CustomerReader(CustomerTable table, int workers)
    {
        _table = table;
        _line = new(workers, TakeAsync);
    }

    /// <summary>Reads a customer with its event ids; version 0 when there is none.</summary>
    public Task<(long Version, CustomerState State)> ReadAsync(CustomerKey customer)
    {
        var waiting = new Waiting(customer);
        return _line.TryAdd(waiting)
            ? waiting.Done.Task
            : throw new OrleansException("The silo is stopping; nothing was read.");
    }

    /// <summary>Takes no more and ends once what was taken is read.</summary>
    public ValueTask DisposeAsync() => _line.DisposeAsync();

    private Task TakeAsync(ChannelReader<Waiting> queue)
    {
        var together = new List<Waiting>();
        while (together.Count < MostTogether && queue.TryRead(out var next))
        {
            together.Add(next);
        }
        return ReadAsync(together);
    }

    private async Task ReadAsync(List<Waiting> together)
    {
        if (together.Count == 0)
        {
            return;
        }
        try
        {
            var read = await _table.ReadAsync(
                [.. together.Select(waiting => waiting.Customer)],
                CancellationToken.None
            );
            for (var i = 0; i < read.Length; i++)
            {
                together[i].Done.SetResult(read[i]);
            }
        }
        catch (Exception e) when (together.Count == 1 || StoreFailures.IsOne(e))
        {
            // Grains wait, and a worker that ended would leave the next ones waiting for ever.
            together.ForEach(waiting => waiting.Done.SetException(e));
        }
        catch (Exception)
        {
            // What is stored of one of them cannot be read; the others can.
            foreach (var waiting in together)
            {
                await ReadAsync([waiting]);
            }
        }
    }

    private sealed record Waiting(CustomerKey Customer)
    {
        public TaskCompletionSource<(long Version, CustomerState State)> Done { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
