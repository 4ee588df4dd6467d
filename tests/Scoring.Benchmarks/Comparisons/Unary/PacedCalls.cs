using Google.Protobuf;
using Scoring.Benchmarks.Comparisons.Ingest;
using Scoring.Benchmarks.Comparisons.Processes;

namespace Scoring.Benchmarks.Comparisons.Unary;

/// <summary>The same unary call at a steady rate for ten seconds, by h2load.</summary>
/// <param name="run">What to work with.</param>
/// <param name="method">The name in the service, such as <c>GetScore</c>.</param>
/// <param name="request">The request.</param>
internal sealed class PacedCalls(ComparisonRun run, string method, IMessage request)
{
    public const int PerSecond = 2_000;

    private const int Seconds = 10;

    /// <summary>Makes the calls.</summary>
    /// <returns>Milliseconds that 99 % of them took less than.</returns>
    public async Task<double> SlowestPercentAsync(ScoringServer server)
    {
        var directory = run.Workplace.NewDirectory();
        var body = Path.Combine(directory, "request");
        await File.WriteAllBytesAsync(body, EventRequest.Framed(request));
        var times = await new H2Load(run.Workplace).TimesAsync(
            UnaryComparison.Url(server, method),
            body,
            PerSecond * Seconds,
            PerSecond,
            Path.Combine(directory, "times")
        );
        return Figures.Quantile(times, 0.99);
    }

    /// <summary>Makes the calls while a store is given events.</summary>
    /// <returns>Milliseconds that 99 % of them took less than.</returns>
    public async Task<double> SlowestPercentAsync(ScoringServer server, IEventStore store, BatchSource events)
    {
        var arriving = Phase.MeasureAsync(store, events);
        // It waits until the store rests before it begins.
        while (events.Events == 0 && !arriving.IsCompleted)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10));
        }

        var slowest = await SlowestPercentAsync(server);
        events.Stop();
        await arriving;
        return slowest;
    }
}
