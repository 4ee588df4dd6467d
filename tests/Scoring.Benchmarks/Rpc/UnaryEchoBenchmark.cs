using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Builder;

namespace Scoring.Benchmarks.Rpc;

/// <summary>A unary call of 100 bytes through Grpc.AspNetCore, against a bare Kestrel endpoint; 64 calls in flight, no sockets.</summary>
[MemoryDiagnoser]
public class UnaryEchoBenchmark
{
    private const int InFlight = 64;

    private WebApplication? _bareServer;
    private WebApplication? _rpcServer;
    private UnaryClient? _bare;
    private UnaryClient? _rpc;

    /// <summary>Starts both servers.</summary>
    /// <remarks>Not as a task: the runner within the process does not wait for one.</remarks>
    [GlobalSetup]
    public void Start()
    {
        (_bareServer, _bare) = OpenAsync(bare: true).GetAwaiter().GetResult();
        (_rpcServer, _rpc) = OpenAsync(bare: false).GetAwaiter().GetResult();
    }

    /// <summary>Stops both.</summary>
    [GlobalCleanup]
    public void Stop()
    {
        _bareServer!.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _rpcServer!.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    /// <summary>The floor.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = InFlight)]
    public Task BareKestrel() => _bare!.CallAsync(InFlight);

    /// <summary>The same through Grpc.AspNetCore.</summary>
    [Benchmark(OperationsPerInvoke = InFlight)]
    public Task GrpcAspNetCore() => _rpc!.CallAsync(InFlight);

    private static async Task<(WebApplication Server, UnaryClient Client)> OpenAsync(bool bare)
    {
        var transport = new MemoryTransport();
        var server = await EchoServer.StartAsync(bare, transport);
        var client = new UnaryClient(transport.Connect(), EchoRequest.Framed(100));
        await client.OpenAsync();
        return (server, client);
    }
}
