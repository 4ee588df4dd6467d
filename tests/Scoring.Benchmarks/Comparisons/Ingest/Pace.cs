using System.Diagnostics;

namespace Scoring.Benchmarks.Comparisons.Ingest;

/// <summary>Batches at even distances. Safe for concurrent use.</summary>
internal sealed class Pace(double eventsPerSecond)
{
    private static readonly TimeSpan TimerResolution = TimeSpan.FromMilliseconds(1);

    private long _start;
    private long _batches;

    /// <summary>Completes when the next batch is due, at once if it is late.</summary>
    public async ValueTask UntilDueAsync()
    {
        var number = Interlocked.Increment(ref _batches) - 1;
        // It begins with the first batch: otherwise all that was due while the store came to rest would come at once.
        Interlocked.CompareExchange(ref _start, Stopwatch.GetTimestamp(), 0);
        var due = TimeSpan.FromSeconds(number * Traffic.BatchSize / eventsPerSecond);
        var wait = due - Stopwatch.GetElapsedTime(_start);
        if (wait >= TimerResolution)
        {
            await Task.Delay(wait);
        }
    }
}
