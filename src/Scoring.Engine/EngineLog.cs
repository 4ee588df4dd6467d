using Microsoft.Extensions.Logging;

namespace Scoring.Engine;

/// <summary>What the engine tells its operator.</summary>
internal sealed partial class EngineLog(ILogger logger)
{
    [LoggerMessage(1, LogLevel.Information, "Opening the store {Path}.")]
    public partial void Opening(string path);

    [LoggerMessage(2, LogLevel.Information, "Made a new store {Path} with {Partitions} partitions.")]
    public partial void Created(string path, int partitions);

    [LoggerMessage(
        3,
        LogLevel.Information,
        "Recovering: {Customers} customers read, {Replayed} events and changes replayed so far."
    )]
    public partial void Recovering(long customers, long replayed);

    [LoggerMessage(
        4,
        LogLevel.Information,
        "Recovered {Customers} customers and {Accounts} accounts, replayed {Replayed} events and changes, in {Seconds:F1} s."
    )]
    public partial void Recovered(long customers, long accounts, long replayed, double seconds);

    [LoggerMessage(
        5,
        LogLevel.Warning,
        "The setting Partitions is {Configured}; the store was made with {Stored} and keeps that number."
    )]
    public partial void PartitionsKept(int configured, int stored);

    [LoggerMessage(
        6,
        LogLevel.Warning,
        "A checkpoint could not be written and is tried again later; the journal keeps everything."
    )]
    public partial void CheckpointPostponed(Exception error);

    [LoggerMessage(
        7,
        LogLevel.Error,
        "The store has no room: writes are refused until there is. Make room on the disk."
    )]
    public partial void StoreFull(Exception error);

    [LoggerMessage(8, LogLevel.Error, "The store failed: writes are refused until it can be opened again.")]
    public partial void StoreFailed(Exception error);

    [LoggerMessage(9, LogLevel.Information, "The store works again; writes are taken.")]
    public partial void StoreRecovered();

    [LoggerMessage(
        10,
        LogLevel.Critical,
        "The engine takes no more writes until it is restarted: memory and store differ."
    )]
    public partial void EngineBroken(Exception error);

    [LoggerMessage(
        11,
        LogLevel.Information,
        "Settings of workspace {Workspace} that decide what events mean were changed; they hold from now on."
    )]
    public partial void WorkspaceChanged(string workspace);

    [LoggerMessage(17, LogLevel.Information, "Workspace {Workspace} was added.")]
    public partial void WorkspaceAdded(string workspace);

    [LoggerMessage(
        12,
        LogLevel.Information,
        "Model {Model} of workspace {Workspace} was loaded from its file as version {Version}."
    )]
    public partial void ModelLoaded(string workspace, string model, int version);

    [LoggerMessage(
        22,
        LogLevel.Information,
        "Model {Model} of workspace {Workspace} was deleted, and its file has not changed since; it is not loaded. Change the file, or roll back to a version, to have it again."
    )]
    public partial void ModelStaysDeleted(string workspace, string model);

    [LoggerMessage(
        13,
        LogLevel.Information,
        "Closed the store: {Customers} customers are in it, {JournalBytes} bytes of journal are left to be replayed."
    )]
    public partial void Closed(long customers, long journalBytes);

    [LoggerMessage(
        14,
        LogLevel.Error,
        "The system's clock is {OffsetSeconds:F1} s off the time of receipt, {Now}, which goes on without it. It is followed once it has stayed there for {FollowAfter}, or when it is confirmed."
    )]
    public partial void ClockJumped(double offsetSeconds, string now, TimeSpan followAfter);

    [LoggerMessage(
        15,
        LogLevel.Warning,
        "The system's clock is followed again, {OffsetSeconds:F1} s from where times of receipt were: it is {Now}."
    )]
    public partial void ClockFollowed(double offsetSeconds, string now);

    [LoggerMessage(
        16,
        LogLevel.Information,
        "The system's clock came back to the time of receipt, {OffsetSeconds:F1} s off, and is followed again."
    )]
    public partial void ClockCameBack(double offsetSeconds);

    [LoggerMessage(
        17,
        LogLevel.Warning,
        "Workspace {Workspace} has {Used} {Kind} that no model or setting uses; from {Limit} on new ones are refused. See what sends them, and remove them: scoring names list, scoring names prune."
    )]
    public partial void NamesNearlyFull(string workspace, int used, string kind, int limit);

    [LoggerMessage(
        19,
        LogLevel.Information,
        "Partition {Partition} was taken over by another server; this one answers for it no more."
    )]
    public partial void PartitionLost(int partition);

    [LoggerMessage(
        20,
        LogLevel.Warning,
        "Partition {Partition} could not be given up in the store; whoever opens it next waits until this server's lease has ended."
    )]
    public partial void NotReleased(int partition, Exception error);

    [LoggerMessage(
        21,
        LogLevel.Warning,
        "The data directory {Path} is open to all users of this machine. Close it to them: chmod 700."
    )]
    public partial void DirectoryOpenToOthers(string path);

    [LoggerMessage(
        30,
        LogLevel.Error,
        "A file of the archive cannot be read. Recording goes on; histories that need it are refused, it is merged with no other, and who was deleted stays in it. Restore it from a backup."
    )]
    public partial void ArchiveUnreadable(Exception error);

    [LoggerMessage(
        18,
        LogLevel.Warning,
        "What the models of workspace {Workspace} use could not be given its room, because the journal could not be written; the next start or model put does it."
    )]
    public partial void NamesNotReserved(string workspace);
}
