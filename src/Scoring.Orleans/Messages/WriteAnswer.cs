using Orleans.Storage;
using Scoring.Core.Recording;

namespace Scoring.Cluster.Messages;

/// <summary>What became of a write to one grain.</summary>
/// <param name="Status">Whether it was taken at all.</param>
/// <param name="Accepted">Elements taken.</param>
/// <param name="Duplicates">Events that had been counted before.</param>
/// <param name="Rejections">Elements not taken, each with its index in the caller's batch.</param>
[GenerateSerializer, Alias("scoring.write-answer"), Immutable]
internal sealed record WriteAnswer(
    [property: Id(0)] WriteStatus Status,
    [property: Id(1)] int Accepted,
    [property: Id(2)] int Duplicates,
    [property: Id(3)] IReadOnlyList<Rejection> Rejections
) : IAnswer<WriteAnswer>
{
    /// <inheritdoc/>
    public bool IsDone => Status == WriteStatus.Done;

    /// <summary>Nothing was taken: as much waits as may. A retry may succeed.</summary>
    public static WriteAnswer Overloaded { get; } = new(WriteStatus.Overloaded, 0, 0, []);

    /// <summary>Nothing was taken: the activation has lost its state and goes. A retry finds the next one.</summary>
    public static WriteAnswer Gone { get; } = new(WriteStatus.Gone, 0, 0, []);

    /// <summary>Nobody knows what became of it. A retry is harmless only if it carries the same event ids.</summary>
    public static WriteAnswer Unknown { get; } = new(WriteStatus.Unknown, 0, 0, []);

    /// <inheritdoc/>
    public static WriteAnswer None(Exception why) => why is InconsistentStateException ? Gone : Unknown;
}
