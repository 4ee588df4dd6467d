using Scoring.Core.Workspaces;
using Scoring.Postgres;

namespace Scoring.Cluster;

/// <summary>How a silo hosts the domain. All silos of a cluster are given the same.</summary>
public sealed record ClusterOptions
{
    /// <summary>Where PostgreSQL is, in Npgsql's words.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>Whether there is no other silo. Then a second one on the same database is refused, which would know nothing of this one.</summary>
    public bool IsAlone { get; init; }

    /// <summary>The workspaces. The default one is added when it is not named.</summary>
    public IReadOnlyList<WorkspaceSettings> Workspaces { get; init; } = [];

    /// <summary>
    /// Most connections to PostgreSQL that this silo opens for customers and other state, 3 to 1,000. Summed over all silos, with 2 more for
    /// each for the membership of the cluster, they must stay under PostgreSQL's max_connections.
    /// </summary>
    public int MaxConnections { get; init; } = 12;

    /// <summary>Parts that the customers of a workspace are divided into for figures of many, 1 to <see cref="Buckets.Count"/>.</summary>
    public int SegmentShards { get; init; } = 8;

    /// <summary>How often a silo tells the shards what became of its customers; figures of many lag by little more.</summary>
    public TimeSpan SummaryInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Most that figures of many may lag behind what was acknowledged, twice <see cref="SummaryInterval"/> or more. What would lag more is
    /// waited for, as long as <see cref="CallTimeout"/>, then refused.
    /// </summary>
    public TimeSpan MaxLag { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Event ids of a customer that are younger than this are remembered, so that an event that is sent again is not counted again.</summary>
    public TimeSpan DuplicateWindow { get; init; } = TimeSpan.FromHours(1);

    /// <summary>As many of a customer's newest event ids are remembered whatever their age; at least 1.</summary>
    public int DuplicateWindowMinimum { get; init; } = 16;

    /// <summary>Most event ids that are remembered of one customer.</summary>
    public int DuplicateWindowMaximum { get; init; } = 100_000;

    /// <summary>Most bytes of events that may wait for one customer.</summary>
    public int MaxWaitingBytesPerCustomer { get; init; } = 1 << 20;

    /// <summary>Most bytes of writes that one front has under way.</summary>
    public long MaxBytesUnderWay { get; init; } = 64 << 20;

    /// <summary>How long a call is tried before it is answered that its outcome is unknown; half of it more at the most.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a silo uses models before it asks whether there are newer ones.</summary>
    public TimeSpan ModelsAge { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The clock that events are received by and scores are read at.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
