using System.Diagnostics;
using Scoring.Benchmarks.Comparisons.Processes;

namespace Scoring.Benchmarks.Comparisons.Ingest;

/// <summary>What a store made of events.</summary>
/// <param name="Events">How many.</param>
/// <param name="Elapsed">From the first sent to the last answered.</param>
/// <param name="Store">Processor time of the store's processes.</param>
/// <param name="Load">Processor time of this process, which loads it.</param>
internal sealed record Phase(long Events, TimeSpan Elapsed, TimeSpan Store, TimeSpan Load)
{
    public double EventsPerSecond => Events / Elapsed.TotalSeconds;

    /// <summary>Microseconds of the store's processor time per event.</summary>
    public double StoreCost => Store.TotalMicroseconds / Events;

    /// <summary>Microseconds of this process's processor time per event.</summary>
    public double LoadCost => Load.TotalMicroseconds / Events;

    /// <summary>Waits until a store rests, then gives it events.</summary>
    public static async Task<Phase> MeasureAsync(IEventStore store, BatchSource source)
    {
        await store.Processes.UntilIdleAsync();
        var (storeBefore, ownBefore) = (store.Processes.ProcessorTime(), Environment.CpuUsage.TotalTime);
        var since = Stopwatch.GetTimestamp();
        await store.RecordAsync(source);
        var elapsed = Stopwatch.GetElapsedTime(since);
        var phase = new Phase(
            source.Events,
            elapsed,
            store.Processes.ProcessorTime() - storeBefore,
            Environment.CpuUsage.TotalTime - ownBefore
        );
        ComparisonRun.Say($"{store.Name}: {phase}");
        return phase;
    }

    public override string ToString() =>
        string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"{EventsPerSecond:N0} events/s, {StoreCost:0.00} µs/event in the store, {LoadCost:0.00} in the load"
        );
}
