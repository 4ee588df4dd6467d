using Scoring.Cluster.Tests.Clusters;

namespace Scoring.Cluster.Tests.Customers;

/// <summary>What an idle customer keeps in memory, which the age of collection is chosen by (docs/cluster-sizing.md).</summary>
[Collection(OnThreeSilos.Name)]
public sealed class ActivationMemorySpecs(ThreeSilos cluster, ITestOutputHelper output) : BackendSpecs(cluster)
{
    private const int Customers = 20_000;
    private const int Types = 8;

    [Fact]
    public async Task A_customer_that_is_idle_takes_some_kilobytes()
    {
        await using var host = await Start();
        await host.Record(new Sample("first"));
        await host.Score("first");
        var before = Memory();
        foreach (var ids in Ids("unknown").Chunk(1_000))
        {
            await host.Scores(null, ids);
        }
        var empty = (Memory() - before) / Customers;
        before = Memory();
        for (var type = 0; type < Types; type++)
        {
            foreach (var ids in Ids("known").Chunk(1_000))
            {
                await host.Record([
                    .. ids.Select(id => new Sample(id, $"{id}-{type}", $"type-{type}", Account: "account-0001")),
                ]);
            }
        }
        await host.SettleAsync();
        var full = (Memory() - before) / Customers;

        output.WriteLine($"{empty} bytes for a customer of whom nothing is known, {full} with {Types} types and ids");
        // Not one against the other: what earlier tests left in the same process may go between the readings.
        Assert.InRange(empty, 500, 4_000);
        Assert.InRange(full, 500, 6_000);
    }

    private static IEnumerable<string> Ids(string what) => Enumerable.Range(0, Customers).Select(i => $"{what}-{i:D8}");

    private static long Memory()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
