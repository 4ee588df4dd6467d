namespace Scoring.Grains.Customers;

/// <summary>Counts the customers that are active on this silo. There may be <see cref="GrainOptions.MaxActiveCustomers"/>.</summary>
internal sealed class CustomerActivations(GrainOptions options)
{
    private int _count;

    /// <summary>Customers that are active.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Whether there are as many as may be.</summary>
    public bool IsFull => Count >= options.MaxActiveCustomers;

    /// <summary>Counts one more; false when it is one too many, which is to go once it has answered.</summary>
    public bool TryEnter() => Interlocked.Increment(ref _count) <= options.MaxActiveCustomers;

    /// <summary>Counts one less.</summary>
    public void Leave() => Interlocked.Decrement(ref _count);
}
