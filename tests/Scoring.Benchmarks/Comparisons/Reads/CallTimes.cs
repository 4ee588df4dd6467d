using System.Diagnostics;
using System.Globalization;

namespace Scoring.Benchmarks.Comparisons.Reads;

/// <summary>How long calls took, in milliseconds.</summary>
/// <param name="Median">Half of them took less.</param>
/// <param name="SlowestPercent">99 % of them took less.</param>
internal readonly record struct CallTimes(double Median, double SlowestPercent)
{
    /// <summary>Makes calls, one after the other.</summary>
    public static async Task<CallTimes> MeasureAsync(int calls, Func<Task> call)
    {
        var times = new double[calls];
        for (var i = 0; i < calls; i++)
        {
            var since = Stopwatch.GetTimestamp();
            await call();
            times[i] = Stopwatch.GetElapsedTime(since).TotalMilliseconds;
        }

        return new CallTimes(Figures.Median(times), Figures.Quantile(times, 0.99));
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"median {Median:0.00} ms, p99 {SlowestPercent:0.00} ms");
}
