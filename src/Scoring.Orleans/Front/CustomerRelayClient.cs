using Orleans.Runtime.Services;

namespace Scoring.Cluster.Front;

/// <summary>Reaches the relay of any silo.</summary>
internal sealed class CustomerRelayClient(IServiceProvider services) : GrainServiceClient<ICustomerRelay>(services)
{
    public ICustomerRelay Of(SiloAddress silo) => GetGrainService(silo);
}
