using Microsoft.Extensions.Logging;

namespace Scoring.Grains.Partitions;

/// <content>What it logs.</content>
internal sealed partial class PartitionKeeper
{
    [LoggerMessage(1, LogLevel.Warning, "Partition {Partition} could not be opened yet.")]
    internal partial void NotOpened(int partition, Exception e);

    [LoggerMessage(8, LogLevel.Warning, "Partition {Partition} is nowhere yet: {Why}")]
    private partial void NotFound(int partition, string why);

    [LoggerMessage(2, LogLevel.Warning, "Partition {Partition} could not be released yet.")]
    private partial void NotReleased(int partition, Exception e);

    [LoggerMessage(3, LogLevel.Information, "Partition {Partition} moved to {Silo}.")]
    private partial void Moved(int partition, SiloAddress silo);

    [LoggerMessage(4, LogLevel.Information, "Leaving: {Partitions} partitions go to {Silos} other servers.")]
    private partial void Leaving(int partitions, int silos);

    [LoggerMessage(
        5,
        LogLevel.Warning,
        "Not all partitions were released in time; who takes them over waits for this server's lease."
    )]
    private partial void NotAllReleased(Exception e);

    [LoggerMessage(6, LogLevel.Warning, "{Silo} was not told where partitions are.")]
    private partial void NotTold(SiloAddress silo, Exception e);

    [LoggerMessage(7, LogLevel.Error, "Partitions could not be looked after; trying again.")]
    private partial void CheckFailed(Exception e);
}
