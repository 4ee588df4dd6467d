namespace Scoring.Engine.Hosting;

/// <summary>How a router goes about it.</summary>
public sealed record PartitionRouterOptions
{
    /// <summary>How long a call waits for partitions that are on their way from one process to another; above 0, 10 seconds by default.</summary>
    public TimeSpan MaxWait { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The clock.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
