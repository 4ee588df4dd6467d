namespace Scoring.Grains.Placement;

/// <summary>Where partitions are, as far as is known here.</summary>
internal interface IPartitionLocations
{
    /// <summary>The silo that a partition is on, or will be.</summary>
    SiloAddress LocationOf(int partition);

    /// <summary>Told where a partition is.</summary>
    void Learn(int partition, SiloAddress silo);

    /// <summary>Told that a partition is not where it is thought to be: finds out, without anybody waiting for it.</summary>
    void Doubt(int partition);
}
