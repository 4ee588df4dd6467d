using System.Diagnostics;
using Scoring.Benchmarks.Comparisons.Processes;

namespace Scoring.Benchmarks.Comparisons.Ingest;

/// <summary>Servers of one store, by RecordEvents.</summary>
/// <param name="servers">Run.</param>
/// <param name="inFlight">How many calls at once, over one connection to each server.</param>
internal sealed class UnaryBatches(IReadOnlyList<ScoringServer> servers, int inFlight) : IEventStore
{
    public string Name => $"RecordEvents, {inFlight} calls in flight";

    public IReadOnlyList<Process> Processes => [.. servers.Select(server => server.Process)];

    public async Task RecordAsync(BatchSource source)
    {
        GrpcTransport[] transports = [.. servers.Select(server => new GrpcTransport(server.Address))];
        await Task.WhenAll(
            Enumerable
                .Range(0, inFlight)
                .Select(call => Task.Run(new BatchCalls(transports[call % transports.Length], source).RunAsync))
        );
        Array.ForEach(transports, transport => transport.Dispose());
    }
}
