using Grpc.Core;

namespace Scoring.Benchmarks.Rpc;

/// <summary>The echo by Grpc.AspNetCore.</summary>
internal sealed class EchoHandler : EchoService.EchoServiceBase
{
    public override Task<EchoMessage> Echo(EchoMessage request, ServerCallContext context) => Task.FromResult(request);
}
