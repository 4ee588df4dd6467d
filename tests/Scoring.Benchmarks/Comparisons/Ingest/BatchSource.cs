namespace Scoring.Benchmarks.Comparisons.Ingest;

/// <summary>Deals out the batches of a phase to those who send them. Safe for concurrent use.</summary>
internal sealed class BatchSource
{
    // Never given twice in a process, so that no event of one phase is taken for one of another.
    private static long _batches;

    private readonly int _customers;
    private readonly bool _everyone;
    private readonly Pace? _pace;
    private long _count;
    private long _taken;

    private BatchSource(int customers, long count, bool everyone, Pace? pace) =>
        (_customers, _count, _everyone, _pace) = (customers, count, everyone, pace);

    /// <summary>Number of events taken so far.</summary>
    public long Events => Math.Min(Interlocked.Read(ref _taken), Interlocked.Read(ref _count)) * Traffic.BatchSize;

    /// <summary>Events of customers drawn at random.</summary>
    /// <param name="customers">How many there are.</param>
    /// <param name="events">How many, rounded up to whole batches.</param>
    /// <param name="pace">How fast; null for as fast as they are taken.</param>
    public static BatchSource Random(int customers, long events, Pace? pace = null) =>
        new(customers, (events + Traffic.BatchSize - 1) / Traffic.BatchSize, everyone: false, pace);

    /// <summary>Events of every customer, one of each of so many types.</summary>
    /// <param name="customers">How many there are, in whole batches.</param>
    /// <param name="types">How many types.</param>
    public static BatchSource Everyone(int customers, int types) =>
        new(customers, (long)customers / Traffic.BatchSize * types, everyone: true, pace: null);

    /// <summary>Takes a batch.</summary>
    /// <param name="customers">Takes the customers of its events, 1,000.</param>
    /// <param name="firstEvent">The number of its first event; the others follow.</param>
    /// <returns>False when all have been taken.</returns>
    public bool TryTake(Span<int> customers, out long firstEvent)
    {
        var taken = Interlocked.Increment(ref _taken) - 1;
        firstEvent = 0;
        if (taken >= Interlocked.Read(ref _count))
        {
            return false;
        }

        firstEvent = (Interlocked.Increment(ref _batches) - 1) * Traffic.BatchSize;
        if (_everyone)
        {
            InOrder(customers, taken * Traffic.BatchSize);
        }
        else
        {
            AtRandom(customers, (ulong)firstEvent);
        }

        return true;
    }

    /// <summary>Leaves nothing more to be taken.</summary>
    public void Stop() => Interlocked.Exchange(ref _count, Interlocked.Read(ref _taken));

    /// <summary>Completes when the next batch is due.</summary>
    public ValueTask UntilDueAsync() => _pace?.UntilDueAsync() ?? ValueTask.CompletedTask;

    /// <summary>Round by round; a round begins one customer later, so that in each a customer meets another type.</summary>
    private void InOrder(Span<int> customers, long first)
    {
        for (var i = 0; i < customers.Length; i++)
        {
            var number = first + i;
            customers[i] = (int)((number + (number / _customers)) % _customers);
        }
    }

    /// <summary>Marsaglia's xorshift64, begun anew for each batch: a draw costs next to nothing and does not depend on who takes it.</summary>
    private void AtRandom(Span<int> customers, ulong seed)
    {
        var state = (seed + 1) * 0x9E37_79B9_7F4A_7C15;
        for (var i = 0; i < customers.Length; i++)
        {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            customers[i] = (int)(((state >> 32) * (ulong)_customers) >> 32);
        }
    }
}
