using Scoring.Benchmarks.Comparisons.Ingest;
using Scoring.Benchmarks.Comparisons.Processes;

namespace Scoring.Benchmarks.Comparisons.Unary;

/// <summary>Unary calls at a steady rate over one connection, customers at random.</summary>
/// <param name="method">The name in the service, such as <c>GetScore</c>.</param>
/// <param name="template">Makes the requests.</param>
/// <param name="customers">How many customers there are.</param>
/// <param name="seconds">For how long.</param>
internal sealed class PacedCalls(string method, Func<CallTemplate> template, int customers, int seconds = 10)
{
    public const int PerSecond = 2_000;

    /// <summary>Makes the calls.</summary>
    /// <returns>Milliseconds that 99 % of them took less than, from when the request was to be sent to the end of the answer.</returns>
    public async Task<double> SlowestPercentAsync(ScoringServer server) => SlowestPercent(await RunAsync(server));

    /// <summary>Makes the calls.</summary>
    /// <returns>When each request was to be sent, in ticks of <see cref="System.Diagnostics.Stopwatch"/>, and milliseconds to the end of the answer.</returns>
    private async Task<IReadOnlyList<(long Sent, double Took)>> RunAsync(ScoringServer server)
    {
        var target = new Uri(UnaryComparison.Url(server.Address, method));
        var pipeline = new CallPipeline(
            target.GetLeftPart(UriPartial.Authority),
            target.AbsolutePath,
            template(),
            customers
        );
        return await pipeline.RunPacedAsync(PerSecond * seconds, PerSecond);
    }

    /// <summary>Makes the calls while a store is given events.</summary>
    /// <returns>Milliseconds that 99 % of them took less than, from when the request was to be sent to the end of the answer.</returns>
    public async Task<double> SlowestPercentAsync(ScoringServer server, IEventStore store, BatchSource events) =>
        SlowestPercent(await RunAsync(server, store, events));

    /// <summary>Makes the calls while a store is given events.</summary>
    /// <returns>When each request was to be sent, in ticks of <see cref="System.Diagnostics.Stopwatch"/>, and milliseconds to the end of the answer.</returns>
    public async Task<IReadOnlyList<(long Sent, double Took)>> RunAsync(
        ScoringServer server,
        IEventStore store,
        BatchSource events
    )
    {
        var arriving = Phase.MeasureAsync(store, events);
        // It waits until the store rests before it begins.
        while (events.Events == 0 && !arriving.IsCompleted)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10));
        }

        var calls = await RunAsync(server);
        events.Stop();
        await arriving;
        return calls;
    }

    private static double SlowestPercent(IReadOnlyList<(long Sent, double Took)> calls) =>
        Figures.Quantile(calls.Select(call => call.Took), 0.99);
}
