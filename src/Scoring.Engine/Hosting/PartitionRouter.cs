namespace Scoring.Engine.Hosting;

/// <summary>Puts questions and writes to the hosts that have the partitions concerned, one call for each host, and makes one answer of theirs.</summary>
/// <remarks>
/// What a host did not do because a partition is not there is put to whoever has it by then, for as long as <see cref="PartitionRouterOptions.MaxWait"/>
/// allows. A write is atomic in each partition, not over several.
/// </remarks>
/// <param name="local">The host of this process, whose workspaces, models and clock it uses.</param>
/// <param name="map">Which host has each partition.</param>
/// <param name="options">How it goes about it.</param>
public sealed class PartitionRouter(PartitionHost local, IPartitionMap map, PartitionRouterOptions options)
{
    internal RoutedReads Reads { get; } = new(local, map, options);

    internal RoutedWrites Writes { get; } = new(local, map, options);
}
