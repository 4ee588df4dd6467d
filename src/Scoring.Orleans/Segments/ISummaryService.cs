using Orleans.Services;

namespace Scoring.Cluster.Segments;

/// <summary>The outbox of a silo, as shards reach it.</summary>
[Alias("scoring.summary-service")]
internal interface ISummaryService : IGrainService
{
    /// <summary>From now on tells a shard what becomes of this silo's customers, also when there is nothing to tell.</summary>
    [Alias("tell")]
    Task TellAsync(string shard);
}
