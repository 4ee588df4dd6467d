namespace Scoring.Grains.Customers;

/// <summary>Counts the customers and accounts that are active on this silo. There may be <see cref="GrainOptions.MaxActiveCustomers"/>.</summary>
internal sealed class CustomerActivations(GrainOptions options)
{
    private int _count;

    /// <summary>Customers and accounts that are active.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Whether there are as many as may be.</summary>
    public bool IsFull => Count >= options.MaxActiveCustomers;

    /// <summary>Counts one more, until it leaves.</summary>
    /// <returns>Whether it is one more than there may be.</returns>
    public bool Enter() => Interlocked.Increment(ref _count) > options.MaxActiveCustomers;

    /// <summary>Counts one less.</summary>
    public void Leave() => Interlocked.Decrement(ref _count);
}
