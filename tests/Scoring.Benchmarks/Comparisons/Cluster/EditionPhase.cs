using System.Diagnostics;

namespace Scoring.Benchmarks.Comparisons.Cluster;

/// <summary>What an edition made of events or calls.</summary>
/// <param name="Events">How many.</param>
/// <param name="Elapsed">From the first sent to the last answered.</param>
/// <param name="Servers">Processor time of the processes that were called.</param>
/// <param name="Store">Processor time of PostgreSQL.</param>
internal sealed record EditionPhase(long Events, TimeSpan Elapsed, TimeSpan Servers, TimeSpan Store)
{
    public double EventsPerSecond => Events / Elapsed.TotalSeconds;

    /// <summary>Microseconds of the servers' processor time per event.</summary>
    public double ServerCost => Servers.TotalMicroseconds / Events;

    /// <summary>Microseconds of PostgreSQL's processor time per event.</summary>
    public double StoreCost => Store.TotalMicroseconds / Events;

    /// <summary>Waits until an edition rests, then has it do something.</summary>
    /// <param name="edition">The edition.</param>
    /// <param name="run">Does it and says how many events or calls that were.</param>
    public static async Task<EditionPhase> MeasureAsync(Edition edition, Func<Task<long>> run)
    {
        await edition.UntilIdleAsync();
        var (servers, store) = (edition.ServerTime, edition.StoreTime);
        var since = Stopwatch.GetTimestamp();
        var events = await run();
        var elapsed = Stopwatch.GetElapsedTime(since);
        return new(events, elapsed, edition.ServerTime - servers, edition.StoreTime - store);
    }
}
