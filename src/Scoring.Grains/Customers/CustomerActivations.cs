namespace Scoring.Grains.Customers;

/// <summary>Counts the customers and accounts that are active on this silo. There may be <see cref="GrainOptions.MaxActiveCustomers"/>.</summary>
internal sealed class CustomerActivations(GrainOptions options)
{
    private int _count;

    /// <summary>Customers and accounts that are active.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Whether there are as many as may be.</summary>
    public bool IsFull => Count >= options.MaxActiveCustomers;

    /// <summary>Counts one more, until what is given is disposed of.</summary>
    /// <param name="isTooMany">Whether it is one more than there may be, which is to go once it has answered.</param>
    public IDisposable Enter(out bool isTooMany)
    {
        isTooMany = Interlocked.Increment(ref _count) > options.MaxActiveCustomers;
        return new Place(this);
    }

    private sealed class Place(CustomerActivations activations) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
            {
                Interlocked.Decrement(ref activations._count);
            }
        }
    }
}
