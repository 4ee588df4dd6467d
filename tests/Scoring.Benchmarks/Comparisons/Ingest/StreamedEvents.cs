using System.Diagnostics;
using Scoring.Benchmarks.Comparisons.Processes;

namespace Scoring.Benchmarks.Comparisons.Ingest;

/// <summary>Servers of one store, by StreamEvents.</summary>
/// <param name="servers">Run.</param>
/// <param name="streams">How many at once, each on a connection of its own, to one server after the other.</param>
internal sealed class StreamedEvents(IReadOnlyList<ScoringServer> servers, int streams) : IEventStore
{
    public string Name => $"StreamEvents, {streams} streams";

    public IReadOnlyList<Process> Processes => [.. servers.Select(server => server.Process)];

    public Task RecordAsync(BatchSource source) =>
        Task.WhenAll(
            Enumerable
                .Range(0, streams)
                .Select(stream =>
                    Task.Run(async () =>
                    {
                        using var transport = new GrpcTransport(servers[stream % servers.Count].Address);
                        using var batches = new BatchStream(transport, source);
                        await batches.RunAsync();
                    })
                )
        );
}
