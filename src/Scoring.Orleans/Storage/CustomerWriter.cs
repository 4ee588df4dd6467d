using System.Threading.Channels;
using Npgsql;
using Scoring.Cluster.Customers;

namespace Scoring.Cluster.Storage;

/// <summary>Writes what the grains of this silo want written, together: what waits while a statement is under way goes with the next.</summary>
/// <remarks>As many connections as there are workers, whatever the number of grains; what a grain waits for is bounded by the grain.</remarks>
internal sealed class CustomerWriter : IAsyncDisposable
{
    private const int MostTogether = 256;
    private const int Tries = 3;

    private readonly CustomerTable _table;
    private readonly WaitingLine<Waiting> _line;

    public CustomerWriter(CustomerTable table, int workers)
    {
        _table = table;
        _line = new(workers, TakeAsync);
    }

    /// <summary>Writes a customer.</summary>
    /// <returns>Whether it is there; false when it was fenced off.</returns>
    /// <exception cref="OutcomeUnknownException">The store did not say.</exception>
    public Task<bool> WriteAsync(CustomerWrite write)
    {
        var waiting = new Waiting(write);
        return _line.TryAdd(waiting)
            ? waiting.Done.Task
            : throw new OutcomeUnknownException("The silo is stopping; nothing was written.");
    }

    /// <summary>Takes no more writes and ends once those taken are done.</summary>
    public ValueTask DisposeAsync() => _line.DisposeAsync();

    private async Task TakeAsync(ChannelReader<Waiting> queue)
    {
        var together = new Dictionary<CustomerKey, Waiting>();
        // Two writes of one customer are two activations of it: one of them is fenced off, so each gets a statement.
        while (
            together.Count < MostTogether
            && queue.TryPeek(out var next)
            && !together.ContainsKey(next.Write.Customer)
            && queue.TryRead(out var taken)
        )
        {
            if (!together.TryAdd(taken.Write.Customer, taken))
            {
                // Another worker took the one that was looked at.
                await WriteAsync([taken]);
            }
        }
        await WriteAsync([.. together.Values]);
    }

    private async Task WriteAsync(IReadOnlyList<Waiting> together)
    {
        if (together.Count == 0)
        {
            return;
        }
        CustomerWrite[] writes = [.. together.Select(waiting => waiting.Write)];
        try
        {
            var written = await TryWriteAsync(writes);
            for (var i = 0; i < written.Length; i++)
            {
                together[i].Done.SetResult(written[i]);
            }
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.LockNotAvailable && together.Count > 1)
        {
            // Somebody else holds one of them for long; nothing was written, and the others need not wait for it again.
            foreach (var waiting in together)
            {
                await WriteAsync([waiting]);
            }
        }
        catch (Exception e)
        {
            // Whatever it is: grains wait, and a worker that ended would leave the next ones waiting for ever.
            var unknown = StoreFailures.OfWrite(e);
            foreach (var waiting in together)
            {
                waiting.Done.SetException(unknown);
            }
        }
    }

    private async Task<bool[]> TryWriteAsync(CustomerWrite[] writes)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await _table.WriteAsync(writes, CancellationToken.None);
            }
            // Deadlock or serialisation failure: the store says that it has rolled back.
            catch (PostgresException e) when (e.SqlState.StartsWith("40", StringComparison.Ordinal) && attempt < Tries)
            { }
        }
    }

    private sealed record Waiting(CustomerWrite Write)
    {
        public TaskCompletionSource<bool> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
