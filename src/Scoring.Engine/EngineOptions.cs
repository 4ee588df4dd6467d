using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Scoring.Core;
using Scoring.Core.Populations;
using Scoring.Core.Workspaces;

namespace Scoring.Engine;

/// <summary>How an engine runs.</summary>
public sealed record EngineOptions
{
    /// <summary>Partitions of a store that is made without saying how many: enough for some twenty servers to have as good as equal shares.</summary>
    public const int DefaultPartitions = 64;

    private static readonly TimeSpan ShortestJump = TimeSpan.FromSeconds(1);

    /// <summary>Where the store lies; made when it does not exist. One process at a time.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The workspaces; <see cref="WorkspaceSettings.DefaultName"/> is added when it is missing.</summary>
    public IReadOnlyList<WorkspaceSettings> Workspaces { get; init; } = [];

    /// <summary>Models from files. Each becomes the next version of its name when its content differs from what was loaded before.</summary>
    public IReadOnlyList<ModelSource> Models { get; init; } = [];

    /// <summary>
    /// Partitions that customers are divided among, 1 to 1,024; null means <see cref="DefaultPartitions"/>. Fixed when the store is made: an
    /// existing store keeps the number it has.
    /// </summary>
    public int? Partitions { get; init; }

    /// <summary>What an acknowledgement means. The default waits for the disk.</summary>
    public Durability Durability { get; init; } = Durability.OnDisk;

    /// <summary>Bytes of writes that may wait in this process before writes are refused, at least 64 KiB; 64 MiB by default.</summary>
    public long MaxQueuedBytes { get; init; } = 64L << 20;

    /// <summary>Event ids are remembered for this long after receipt, as far as <see cref="DuplicateWindowMaximum"/> allows; an hour by default.</summary>
    public TimeSpan DuplicateWindow { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// As many of the newest event ids are remembered whatever their age, over all partitions, each of which has an equal share; at least 1,
    /// 2,000,000 by default.
    /// </summary>
    public int DuplicateWindowMinimum { get; init; } = 2_000_000;

    /// <summary>
    /// Most event ids remembered, over all partitions, each of which has an equal share; at most 1,000,000,000, 16,000,000 by default. An id
    /// takes about 43 bytes of memory. At rates that bring more ids within <see cref="DuplicateWindow"/>, the window is shorter.
    /// </summary>
    public int DuplicateWindowMaximum { get; init; } = 16_000_000;

    /// <summary>
    /// Whether every event is kept in the archive, from which the past is told; true by default. A store that keeps events is not opened without.
    /// </summary>
    public bool KeepsEvents { get; init; } = true;

    /// <summary>
    /// How long events are kept after receipt, a day to 100 years; 400 days by default. Whole months go, when the last of their days is so long ago: what is known of a customer by
    /// then takes their place.
    /// </summary>
    public TimeSpan ArchiveRetention { get; init; } = TimeSpan.FromDays(400);

    /// <summary>
    /// Bytes of journal after which a checkpoint starts, at least 64 KiB; 256 MiB by default. Bounds how long recovery takes. The
    /// journal's files take up twice as much, or as much as was written during the last checkpoint where that is more.
    /// </summary>
    public long CheckpointBytes { get; init; } = 256L << 20;

    /// <summary>Time after which a checkpoint starts when there is anything to checkpoint, at least a second; 5 minutes by default.</summary>
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How far events may lie ahead of the clock, 0 to 7 days; 5 minutes by default. Reads leave out whose newest event lies further ahead, and a
    /// clock that jumps by more is not followed at once.
    /// </summary>
    public TimeSpan MaxFutureSkew { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long a clock that jumped by more than <see cref="MaxFutureSkew"/> must stay there before times of receipt follow it, 0 to 7 days; 15
    /// minutes by default.
    /// </summary>
    public TimeSpan FollowClockAfter { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// How long writes wait to be told what became of them when the store failed while they were being written; zero by default, which is until
    /// the first attempt to find out has failed as well.
    /// </summary>
    public TimeSpan DoubtPatience { get; init; } = TimeSpan.Zero;

    /// <summary>The clock.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Where the engine says what it does.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>How much the customers of one workspace in one partition may take; a test may set less.</summary>
    internal PopulationBounds PopulationBounds { get; init; } = PopulationBounds.Default;

    /// <summary>Called at the steps of every commit; a test may block or throw there.</summary>
    internal Action<CommitStep>? CommitProbe { get; init; }

    /// <summary>How far the system's clock may be off before that is a jump; clocks are set right by less than a second all the time.</summary>
    internal TimeSpan ClockTolerance => MaxFutureSkew < ShortestJump ? ShortestJump : MaxFutureSkew;
}
