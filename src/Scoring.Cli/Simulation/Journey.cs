namespace Scoring.Cli.Simulation;

/// <summary>How a customer's activity develops over its life.</summary>
internal enum Journey
{
    /// <summary>About the same all the time.</summary>
    Steady,

    /// <summary>More from month to month.</summary>
    Growing,

    /// <summary>Loses interest from some day on, and complains while doing so.</summary>
    Fading,

    /// <summary>Cancels on some day and is gone.</summary>
    Leaving,

    /// <summary>Looks in now and then.</summary>
    Casual,
}
