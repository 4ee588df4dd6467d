using System.Diagnostics;
using Scoring.Benchmarks.Comparisons.Ingest;
using Scoring.Benchmarks.Comparisons.Unary;
using Scoring.Client;
using Scoring.V1;

namespace Scoring.Benchmarks.Comparisons.Cluster;

/// <summary>Calls an edition, over as many connections whatever it is, so that every process is called and all editions have the same load.</summary>
/// <param name="edition">Runs.</param>
/// <param name="customers">How many customers there are.</param>
internal sealed class EditionLoad(Edition edition, int customers)
{
    public const int Connections = 3;
    public const int CallsPerConnection = 2;
    private const int WarmUpCalls = 3_000;

    /// <summary>StreamEvents, a stream on each connection.</summary>
    /// <param name="source">The batches.</param>
    /// <param name="longest">After this, no more of them are sent; null for all of them.</param>
    public Task<EditionPhase> StreamAsync(BatchSource source, TimeSpan? longest = null) =>
        BatchesAsync(
            source,
            longest,
            async transport =>
            {
                using var stream = new BatchStream(transport, source);
                await stream.RunAsync();
            }
        );

    /// <summary>RecordEvents, so many calls at a time on each connection.</summary>
    /// <param name="source">The batches.</param>
    /// <param name="longest">After this, no more of them are sent; null for all of them.</param>
    /// <param name="calls">How many calls at a time.</param>
    public Task<EditionPhase> RecordAsync(
        BatchSource source,
        TimeSpan? longest = null,
        int calls = CallsPerConnection
    ) =>
        BatchesAsync(
            source,
            longest,
            transport =>
                Task.WhenAll(
                    Enumerable.Range(0, calls).Select(_ => Task.Run(new BatchCalls(transport, source).RunAsync))
                )
        );

    /// <summary>Unary calls, as many as are answered, for about so long.</summary>
    /// <param name="method">The name in the service.</param>
    /// <param name="template">Makes the requests.</param>
    /// <param name="time">About how long.</param>
    /// <param name="inFlight">How many at a time on each connection.</param>
    /// <param name="connections">How many connections.</param>
    public async Task<EditionPhase> CallsAsync(
        string method,
        Func<CallTemplate> template,
        TimeSpan time,
        int inFlight = CallPipeline.InFlight,
        int connections = Connections
    )
    {
        var warmUp = await RunAsync(Math.Min(WarmUpCalls, WarmUpCalls / CallPipeline.InFlight * inFlight));
        return await RunAsync((int)(warmUp.EventsPerSecond / connections * time.TotalSeconds) + 1);

        Task<EditionPhase> RunAsync(int calls) =>
            EditionPhase.MeasureAsync(
                edition,
                async () =>
                {
                    await Task.WhenAll(
                        Enumerable
                            .Range(0, connections)
                            .Select(i => Task.Run(() => Pipeline(i, method, template, inFlight).RunAsync(calls)))
                    );
                    return (long)calls * connections;
                }
            );
    }

    /// <summary>Unary calls at a steady rate.</summary>
    /// <returns>How long each took, in milliseconds, from when it was to be sent.</returns>
    public async Task<IReadOnlyList<double>> PacedAsync(
        string method,
        Func<CallTemplate> template,
        int perSecond,
        TimeSpan time
    )
    {
        await edition.UntilIdleAsync();
        var calls = (int)(perSecond * time.TotalSeconds / Connections);
        var paced = await Task.WhenAll(
            Enumerable
                .Range(0, Connections)
                .Select(i => Pipeline(i, method, template).RunPacedAsync(calls, perSecond / Connections))
        );
        return [.. paced.SelectMany(call => call).Select(call => call.Took)];
    }

    /// <summary>GetSegmentStats of everyone with all statistics, one call after the other.</summary>
    /// <returns>How long each took, in milliseconds.</returns>
    /// <exception cref="InvalidOperationException">Not all customers were in it.</exception>
    public async Task<IReadOnlyList<double>> SegmentsAsync(int calls)
    {
        await edition.UntilIdleAsync();
        var request = new GetSegmentStatsRequest
        {
            TopCount = 10,
            BottomCount = 10,
            IncludeEventTotals = true,
        };
        using var client = new ScoringClient(edition.Address(0));
        var took = new double[calls];
        // The first ones warm up.
        for (var i = -Math.Min(calls, 10); i < calls; i++)
        {
            var since = Stopwatch.GetTimestamp();
            var answer = await client.Scoring.GetSegmentStatsAsync(request);
            if (answer.CustomerCount != customers)
            {
                throw new InvalidOperationException(
                    $"{answer.CustomerCount} of {customers} customers were in the segment."
                );
            }

            if (i >= 0)
            {
                took[i] = Stopwatch.GetElapsedTime(since).TotalMilliseconds;
            }
        }

        return took;
    }

    private Task<EditionPhase> BatchesAsync(BatchSource source, TimeSpan? longest, Func<GrpcTransport, Task> send) =>
        EditionPhase.MeasureAsync(
            edition,
            async () =>
            {
                var sending = Task.WhenAll(Enumerable.Range(0, Connections).Select(i => Task.Run(() => SendAsync(i))));
                if (longest is { } time)
                {
                    await Task.WhenAny(sending, Task.Delay(time));
                    source.Stop();
                }

                await sending;
                return source.Events;

                async Task SendAsync(int connection)
                {
                    using var transport = new GrpcTransport(edition.Address(connection));
                    await send(transport);
                }
            }
        );

    private CallPipeline Pipeline(
        int connection,
        string method,
        Func<CallTemplate> template,
        int inFlight = CallPipeline.InFlight
    ) => new(edition.Address(connection), $"/scoring.v1.ScoringService/{method}", template(), customers, inFlight);
}
