using System.Diagnostics;
using Scoring.Benchmarks.Comparisons.Processes;

namespace Scoring.Benchmarks.Comparisons;

/// <summary>What a server did.</summary>
/// <param name="PerSecond">Events or requests.</param>
/// <param name="Cost">Its processor time for each, in microseconds.</param>
internal sealed record Figure(double PerSecond, double Cost)
{
    /// <summary>Waits until a server rests, then gives it requests.</summary>
    /// <param name="server">The server.</param>
    /// <param name="requests">How many.</param>
    /// <param name="loadAsync">Makes them; gives how many there were in a second.</param>
    public static async Task<Figure> OfRequestsAsync(Process server, int requests, Func<Task<double>> loadAsync)
    {
        await server.UntilIdleAsync();
        var before = server.ProcessorTime();
        var rate = await loadAsync();
        return new Figure(rate, (server.ProcessorTime() - before).TotalMicroseconds / requests);
    }

    public override string ToString() => $"{PerSecond:N0}/s at {Cost:N3} µs";
}
