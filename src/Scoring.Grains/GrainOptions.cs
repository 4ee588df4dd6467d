namespace Scoring.Grains;

/// <summary>How a silo hosts partitions and customers. All silos of a cluster are given the same.</summary>
public sealed record GrainOptions
{
    /// <summary>
    /// Most customers and accounts that are active on a silo, some 2 kB each. What is asked of others then is asked of their partition directly; an activation that
    /// Orleans makes all the same answers and goes.
    /// </summary>
    public int MaxActiveCustomers { get; init; } = 100_000;

    /// <summary>How long a customer or account stays active that nobody asks for; at least twice <see cref="CollectionQuantum"/>. Coming back takes it 30 microseconds.</summary>
    public TimeSpan CustomerIdleTime { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How often idle customers are looked for.</summary>
    public TimeSpan CollectionQuantum { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a call is tried again while what it asks for moves. Then it is unavailable.</summary>
    public TimeSpan MoveTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long another silo has for an answer. Longer than <see cref="MoveTimeout"/>, since a partition that is opened answers when it is open.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long opening or closing a partition may take; loading a large one from afar takes seconds.</summary>
    public TimeSpan OpenTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Partitions that a silo has opened at the same time.</summary>
    public int OpeningsAtOnce { get; init; } = 8;

    /// <summary>Partitions that a silo moves to their home at the same time, when servers joined or it leaves: the others go on meanwhile.</summary>
    public int MovesAtOnce { get; init; } = 2;

    /// <summary>How long the cluster must have been the same before partitions are moved that are open but not at home.</summary>
    public TimeSpan RebalanceDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often a silo looks whether its partitions are open, beside whenever something changes.</summary>
    public TimeSpan CheckInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a silo that stops takes to hand its partitions over, at the most.</summary>
    public TimeSpan LeaveTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The clock that leases are waited for by. Waiting between tries goes by the machine's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentException">One is out of its range; the message names it.</exception>
    public void Validate()
    {
        Require(MaxActiveCustomers >= 0, nameof(MaxActiveCustomers), "0 or more");
        Require(CollectionQuantum > TimeSpan.Zero, nameof(CollectionQuantum), "above 0");
        Require(CustomerIdleTime >= CollectionQuantum * 2, nameof(CustomerIdleTime), "twice CollectionQuantum or more");
        Require(MoveTimeout > TimeSpan.Zero, nameof(MoveTimeout), "above 0");
        Require(CallTimeout > MoveTimeout, nameof(CallTimeout), "above MoveTimeout");
        Require(OpenTimeout > TimeSpan.Zero, nameof(OpenTimeout), "above 0");
        Require(OpeningsAtOnce > 0, nameof(OpeningsAtOnce), "1 or more");
        Require(MovesAtOnce > 0, nameof(MovesAtOnce), "1 or more");
        Require(RebalanceDelay >= TimeSpan.Zero, nameof(RebalanceDelay), "0 or more");
        Require(CheckInterval > TimeSpan.Zero, nameof(CheckInterval), "above 0");
        Require(LeaveTimeout > TimeSpan.Zero, nameof(LeaveTimeout), "above 0");
    }

    private static void Require(bool holds, string setting, string range)
    {
        if (!holds)
        {
            throw new ArgumentException($"{setting} must be {range}.", setting);
        }
    }
}
