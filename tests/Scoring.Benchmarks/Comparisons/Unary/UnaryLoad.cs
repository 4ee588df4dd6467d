using System.Diagnostics;
using Scoring.Benchmarks.Comparisons.Processes;

namespace Scoring.Benchmarks.Comparisons.Unary;

/// <summary>Unary calls, 32 in flight on each of two connections, customers at random.</summary>
internal static class UnaryLoad
{
    private const int Connections = 2;

    /// <summary>Makes as many calls as the options say, and takes the time and the cost of the server.</summary>
    public static Task<Figure> MeasureAsync(
        ComparisonRun run,
        ScoringServer server,
        string method,
        Func<CallTemplate> template,
        string key = ""
    ) =>
        Figure.OfRequestsAsync(
            server.Process,
            run.Options.Requests,
            () =>
                RunAsync(
                    UnaryComparison.Url(server.Address, method),
                    template,
                    run.Options.Customers,
                    run.Options.Requests,
                    key
                )
        );

    /// <summary>Makes the calls.</summary>
    /// <param name="url">Where to, with the path.</param>
    /// <param name="template">Makes the request; one per connection.</param>
    /// <param name="customers">How many there are.</param>
    /// <param name="requests">How many calls.</param>
    /// <param name="key">An API key; empty for none.</param>
    /// <returns>Calls per second.</returns>
    public static async Task<double> RunAsync(
        string url,
        Func<CallTemplate> template,
        int customers,
        int requests,
        string key = ""
    )
    {
        var target = new Uri(url);
        var address = target.GetLeftPart(UriPartial.Authority);
        var since = Stopwatch.GetTimestamp();
        await Task.WhenAll(
            Enumerable
                .Range(0, Connections)
                .Select(_ =>
                    Task.Run(() =>
                        new CallPipeline(address, target.AbsolutePath, template(), customers, key: key).RunAsync(
                            requests / Connections
                        )
                    )
                )
        );
        return requests / Stopwatch.GetElapsedTime(since).TotalSeconds;
    }
}
