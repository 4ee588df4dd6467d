using Scoring.Core.Names;

namespace Scoring.Engine.Hosting;

/// <summary>The names of a workspace in the partitions of a host.</summary>
/// <param name="Names">Of each name what is known there; nothing is said of what uses it.</param>
/// <param name="Rooms">By kind, how much of the room is taken in the partition that has most.</param>
/// <param name="Reserved">By partition asked for, the names that have room always there; null for a partition that is absent.</param>
public sealed record HostNames(
    IReadOnlyList<NameUse> Names,
    IReadOnlyList<NameRoom> Rooms,
    IReadOnlyList<IReadOnlyList<KnownName>?> Reserved
);
