using Scoring.Rpc;

namespace Scoring.Benchmarks.Rpc;

/// <summary>Gives back what it got, through Scoring.Rpc.</summary>
internal sealed class EchoHandler
{
    public ValueTask<EchoMessage> EchoAsync(EchoMessage request, CallContext context)
    {
        _ = context;
        return ValueTask.FromResult(request);
    }
}
