namespace Scoring.Core.Lifecycles;

/// <summary>The customers in one stage of the lifecycle.</summary>
/// <param name="Lifecycle">The stage.</param>
/// <param name="Customers">Number of customers.</param>
/// <param name="Share">Share of all, 0..1; null when there are no customers.</param>
public sealed record LifecycleCount(Lifecycle Lifecycle, long Customers, double? Share)
{
    /// <summary>Number of stages.</summary>
    internal const int Stages = (int)Lifecycle.Churned + 1;

    /// <summary>The counts of all stages, each with its share of their sum.</summary>
    internal static IReadOnlyList<LifecycleCount> Of(long[] counts)
    {
        var all = counts.Sum();
        return [.. counts.Select((n, i) => new LifecycleCount((Lifecycle)i, n, all == 0 ? null : (double)n / all))];
    }
}
