using Microsoft.Extensions.Logging;

namespace Scoring.Cluster.Segments;

/// <inheritdoc cref="ISummaryService"/>
internal sealed class SummaryService(GrainId id, Silo silo, ILoggerFactory loggers, SummaryOutbox outbox)
    : GrainService(id, silo, loggers),
        ISummaryService
{
    public Task TellAsync(string shard)
    {
        outbox.Tell(ShardKey.Parse(shard));
        return Task.CompletedTask;
    }
}
