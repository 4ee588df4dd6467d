using Orleans.Runtime.Services;

namespace Scoring.Grains.Relay;

/// <summary>Reaches the relay of any silo.</summary>
internal sealed class HostRelayClient(IServiceProvider services) : GrainServiceClient<IHostRelay>(services)
{
    public IHostRelay Of(SiloAddress silo) => GetGrainService(silo);
}
