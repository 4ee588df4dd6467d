namespace Scoring.Grains.SiloProcess;

/// <summary>Drives the silo of a process. There is one at a time.</summary>
internal interface ISiloControl
{
    /// <summary>Starts a silo and returns once every partition of the store is open on some silo.</summary>
    ValueTask StartAsync(SiloSettings settings, CancellationToken cancellationToken);

    /// <summary>Checkpoints the partitions that are open here.</summary>
    ValueTask CheckpointAsync(CancellationToken cancellationToken);

    /// <summary>Stops the silo in good order: its partitions are others' before. Another can be started then.</summary>
    ValueTask StopAsync(CancellationToken cancellationToken);
}
