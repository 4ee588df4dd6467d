namespace Scoring.Cluster.Front;

/// <summary>A call that many grains get at once, each its part.</summary>
/// <param name="GrainOf">The grain that a part is for.</param>
/// <param name="CallAsync">Calls that grain.</param>
/// <param name="RelayAsync">Has the relay of a silo call the grains of many parts.</param>
internal sealed record PartedCall<T, TAnswer>(
    Func<T, GrainId> GrainOf,
    Func<T, Task<TAnswer>> CallAsync,
    Func<ICustomerRelay, T[], Task<TAnswer[]>> RelayAsync
);
