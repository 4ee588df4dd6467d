using Scoring.Engine.Hosting;

namespace Scoring.Grains.Stores;

/// <summary>What a silo drives: the engine of its process, which opens and closes partitions of the store and answers for those that are open.</summary>
/// <param name="Host">The host of this process; whoever made it disposes of it.</param>
/// <param name="LongestLease">
/// Longest that a server goes on answering by what it knows once it does not reach the store: as long as it may hold its lease; 0 where there is but one.
/// </param>
public sealed record HostedEngine(PartitionHost Host, TimeSpan LongestLease);
