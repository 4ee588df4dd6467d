using Scoring.Benchmarks.Comparisons.Ingest;
using Scoring.Benchmarks.Comparisons.Processes;

namespace Scoring.Benchmarks.Comparisons.Unary;

/// <summary>Unary calls at a steady rate for ten seconds over one connection, customers at random.</summary>
/// <param name="method">The name in the service, such as <c>GetScore</c>.</param>
/// <param name="template">Makes the requests.</param>
/// <param name="customers">How many customers there are.</param>
internal sealed class PacedCalls(string method, Func<CallTemplate> template, int customers)
{
    public const int PerSecond = 2_000;

    private const int Seconds = 10;

    /// <summary>Makes the calls.</summary>
    /// <returns>Milliseconds that 99 % of them took less than, from when the request was to be sent to the end of the answer.</returns>
    public async Task<double> SlowestPercentAsync(ScoringServer server)
    {
        var target = new Uri(UnaryComparison.Url(server, method));
        var pipeline = new CallPipeline(
            target.GetLeftPart(UriPartial.Authority),
            target.AbsolutePath,
            template(),
            customers
        );
        return Figures.Quantile(await pipeline.RunPacedAsync(PerSecond * Seconds, PerSecond), 0.99);
    }

    /// <summary>Makes the calls while a store is given events.</summary>
    /// <returns>Milliseconds that 99 % of them took less than, from when the request was to be sent to the end of the answer.</returns>
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
