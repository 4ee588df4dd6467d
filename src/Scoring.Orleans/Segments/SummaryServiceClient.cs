using Orleans.Runtime.Services;

namespace Scoring.Cluster.Segments;

/// <summary>Reaches the outbox of any silo.</summary>
internal sealed class SummaryServiceClient(IServiceProvider services) : GrainServiceClient<ISummaryService>(services)
{
    /// <summary>Has a silo tell a shard from now on.</summary>
    public Task TellAsync(SiloAddress silo, ShardKey shard) => GetGrainService(silo).TellAsync(shard.ToString());
}
