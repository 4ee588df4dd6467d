namespace Scoring.Grains.Partitions;

/// <summary>A partition of the store: the grain is active where the partition is open. The key is its number.</summary>
[Alias("scoring.partition")]
internal interface IPartitionGrain : IGrainWithIntegerKey
{
    /// <summary>The silo that the partition is on. Where it is on none, it is opened at its home, and the answer comes when it is.</summary>
    [Alias("where")]
    Task<SiloAddress> WhereAsync();

    /// <summary>Has a silo close the partition, if it is on that one. Whoever asks for it next opens it at its home.</summary>
    [Alias("release")]
    Task ReleaseAsync(SiloAddress from);
}
