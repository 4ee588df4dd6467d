using Scoring.Cluster.Customers;
using Scoring.Cluster.Tests.Clusters;

namespace Scoring.Cluster.Tests.Customers;

/// <summary>What an idle customer keeps in memory, which the age of collection is chosen by (docs/cluster-sizing.md).</summary>
[Collection(MeasuredFirst.Name)]
public sealed class ActivationMemorySpecs(ThreeSilos cluster, ITestOutputHelper output) : BackendSpecs(cluster)
{
    // What else the process takes or lets go of between two readings spoils one of them, not the median.
    private const int Readings = 3;
    private const int Customers = 10_000;
    private const int Types = 8;

    private readonly ThreeSilos _cluster = cluster;

    [Fact]
    public async Task A_customer_that_is_idle_takes_some_kilobytes()
    {
        await using var host = await Start();
        await host.Record(new Sample("first"));
        await host.Score("first");

        var empty = await MedianAsync("unknown", ids => host.Scores(null, ids));
        var full = await MedianAsync(
            "known",
            async ids =>
            {
                for (var type = 0; type < Types; type++)
                {
                    await host.Record([
                        .. ids.Select(id => new Sample(id, $"{id}-{type}", $"type-{type}", Account: "account-0001")),
                    ]);
                }
            },
            host.SettleAsync
        );

        output.WriteLine($"{empty} bytes for a customer of whom nothing is known, {full} with {Types} types and ids");
        Assert.InRange(empty, 1_500, 4_000);
        Assert.InRange(full, empty, 6_000);
    }

    /// <summary>Bytes per customer that are there once they have been called, and were not before.</summary>
    private async Task<long> MedianAsync(string what, Func<string[], Task> call, Func<Task>? settle = null)
    {
        var readings = new List<long>();
        for (var reading = 0; reading < Readings; reading++)
        {
            // Those of the reading before, which would be let go of by their age in between.
            await UntilNoneIsActiveAsync();
            var before = Memory();
            foreach (var ids in Enumerable.Range(0, Customers).Select(i => $"{what}-{reading}-{i:D8}").Chunk(1_000))
            {
                await call(ids);
            }
            await (settle?.Invoke() ?? Task.CompletedTask);
            Assert.Equal(Customers, await ActiveAsync());
            readings.Add((Memory() - before) / Customers);
        }
        output.WriteLine($"{what}: {string.Join(", ", readings)}");
        return readings.Order().ElementAt(Readings / 2);
    }

    private async Task UntilNoneIsActiveAsync()
    {
        do
        {
            await _cluster.CollectAsync();
        } while (await ActiveAsync() > 0);
    }

    private async Task<int> ActiveAsync()
    {
        var management = _cluster.Service<IGrainFactory>(0).GetGrain<IManagementGrain>(0);
        return (await management.GetSimpleGrainStatistics())
            .Where(statistic => statistic.GrainType.Contains(nameof(CustomerGrain), StringComparison.Ordinal))
            .Sum(statistic => statistic.ActivationCount);
    }

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
