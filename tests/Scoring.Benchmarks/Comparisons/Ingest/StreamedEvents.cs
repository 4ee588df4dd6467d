using System.Diagnostics;
using Scoring.Benchmarks.Comparisons.Processes;

namespace Scoring.Benchmarks.Comparisons.Ingest;

/// <summary>The server, by StreamEvents.</summary>
/// <param name="server">Runs.</param>
/// <param name="streams">How many at once, each on a connection of its own.</param>
internal sealed class StreamedEvents(ScoringServer server, int streams) : IEventStore
{
    public string Name => $"StreamEvents, {streams} streams";

    public Process Process => server.Process;

    public Task RecordAsync(BatchSource source) =>
        Task.WhenAll(
            Enumerable
                .Range(0, streams)
                .Select(_ =>
                    Task.Run(async () =>
                    {
                        using var transport = new GrpcTransport(server.Address);
                        using var stream = new BatchStream(transport, source);
                        await stream.RunAsync();
                    })
                )
        );
}
