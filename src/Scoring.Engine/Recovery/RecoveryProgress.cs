namespace Scoring.Engine.Recovery;

/// <summary>How far the reading of partitions is. Readable and written from any thread.</summary>
internal sealed class RecoveryProgress
{
    private long _customers;
    private long _replayed;

    /// <summary>Customers read so far.</summary>
    public long Customers => Volatile.Read(ref _customers);

    /// <summary>Events and changes replayed so far.</summary>
    public long Replayed => Volatile.Read(ref _replayed);

    public void AddCustomer() => Interlocked.Increment(ref _customers);

    public void AddReplayed(long items) => Interlocked.Add(ref _replayed, items);
}
