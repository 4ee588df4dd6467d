namespace Scoring.Engine.Hosting;

/// <summary>Which host has each partition.</summary>
public interface IPartitionMap
{
    /// <summary>How long a call waits for partitions that are on their way from one process to another.</summary>
    TimeSpan MaxWait { get; }

    /// <summary>The name of the host of this process.</summary>
    string Here { get; }

    /// <summary>The host of a name; null when there is none any more.</summary>
    IPartitionHost? HostNamed(string name);

    /// <summary>The host that a partition is on, as far as is known here.</summary>
    IPartitionHost HostOf(int partition);

    /// <summary>Told that hosts did not have these partitions: finds out where they are, or waits a moment for them to come somewhere.</summary>
    ValueTask RefreshAsync(IReadOnlyList<int> absent, CancellationToken cancellationToken);
}
