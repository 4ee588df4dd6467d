using System.Diagnostics;
using Scoring.Benchmarks.Comparisons.Processes;

namespace Scoring.Benchmarks.Comparisons.Ingest;

/// <summary>The server, by RecordEvents.</summary>
/// <param name="server">Runs.</param>
/// <param name="inFlight">How many calls at once, over one connection.</param>
internal sealed class UnaryBatches(ScoringServer server, int inFlight) : IEventStore
{
    public string Name => $"RecordEvents, {inFlight} calls in flight";

    public Process Process => server.Process;

    public async Task RecordAsync(BatchSource source)
    {
        using var transport = new GrpcTransport(server.Address);
        await Task.WhenAll(
            Enumerable.Range(0, inFlight).Select(_ => Task.Run(new BatchCalls(transport, source).RunAsync))
        );
    }
}
