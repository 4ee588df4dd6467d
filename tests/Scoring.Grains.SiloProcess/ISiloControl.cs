namespace Scoring.Grains.SiloProcess;

/// <summary>Drives the silo of a process. There is one at a time.</summary>
internal interface ISiloControl
{
    /// <summary>Starts a silo and returns once every partition of the store is open on some silo.</summary>
    ValueTask StartAsync(SiloSettings settings, CancellationToken cancellationToken);

    /// <summary>Checkpoints the partitions that are open here.</summary>
    ValueTask CheckpointAsync(CancellationToken cancellationToken);

    /// <summary>Stops the silo, after which another can be started.</summary>
    /// <param name="handsOver">Whether it hands its partitions over before; else they are left where they are.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask StopAsync(bool handsOver, CancellationToken cancellationToken);
}
