using Scoring.Cluster.Tests.Clusters;
using Scoring.Core.Recording;

namespace Scoring.Cluster.Tests.Traps;

/// <summary>Grains that wait for each other would wait until their calls time out.</summary>
[Collection(OnThreeSilos.Name)]
public sealed class CallbackSpecs(ThreeSilos cluster) : BackendSpecs(cluster)
{
    [Fact]
    public async Task No_grain_calls_back_into_its_caller()
    {
        await using var host = await Start();
        await host.Record(new Sample("a", Account: "acme"));
        await host.Upsert(new CustomerUpdate("a", "", [new("plan", "pro")]));
        await host.Upsert(new AccountUpdate("acme", 3, []));
        await host.Score("a");
        await host.Health("acme");

        // Otherwise nothing was seen.
        Assert.Contains(
            cluster.Calls.Seen,
            chain => chain.EndsWith("scoring.customer > scoring.vocabulary", StringComparison.Ordinal)
        );
        Assert.Contains(
            cluster.Calls.Seen,
            chain => chain.EndsWith("scoring.account > scoring.segment-shard", StringComparison.Ordinal)
        );
        Assert.Empty(cluster.Calls.Callbacks);
    }
}
