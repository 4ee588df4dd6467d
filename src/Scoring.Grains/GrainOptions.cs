namespace Scoring.Grains;

/// <summary>How a silo hosts partitions and customers. All silos of a cluster are given the same.</summary>
public sealed record GrainOptions
{
    /// <summary>
    /// Most customers and accounts that are active on a silo, some 2 kB each. What is asked of others then is asked of their partition directly; an activation that
    /// Orleans makes all the same answers and goes.
    /// </summary>
    public int MaxActiveCustomers { get; init; } = 100_000;

    /// <summary>How long a call is tried again while what it asks for moves. Then it is unavailable.</summary>
    public TimeSpan MoveTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long another silo has for an answer. Longer than <see cref="MoveTimeout"/>, since a partition that is opened answers when it is open.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long the cluster must have been the same before partitions are moved that are open but not at home.</summary>
    public TimeSpan RebalanceDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often a silo looks whether its partitions are open, beside whenever something changes.</summary>
    public TimeSpan CheckInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The clock that leases are waited for by. Waiting between tries goes by the machine's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
