using Scoring.Cluster.Customers;
using Scoring.Cluster.Front;
using Scoring.Cluster.Messages;
using Scoring.Cluster.Tests.Clusters;
using Scoring.Core;

namespace Scoring.Cluster.Tests.Front;

/// <summary>A batch is one call for each silo.</summary>
[Collection(OnThreeSilos.Name)]
public sealed class EventsBySiloSpecs(ThreeSilos cluster) : BackendSpecs(cluster)
{
    private const int Customers = 60;

    [Fact]
    public async Task A_customer_is_activated_on_its_home()
    {
        await using var host = await Start();
        await host.Record(Batch("1"));

        var homes = new CustomerHomes(cluster.Silos.Select(silo => silo.SiloAddress));
        var grains = cluster.Service<IGrainFactory>(0);
        for (var i = 0; i < Customers; i++)
        {
            var id = CustomerGrains.Id(host.Workspace, $"c{i}");
            var grain = cluster.Service<CustomerGrains>(0).Get(id);
            var silo = await grains.GetGrain<IManagementGrain>(0).GetActivationAddress(grain);
            Assert.Equal(homes.Of(id), silo);
        }
    }

    [Fact]
    public async Task A_batch_reaches_customers_that_are_not_on_their_home()
    {
        await using var host = await Start();
        await host.Record(Batch("1"));
        // As many as were there move to other homes or stay behind at what is no longer theirs.
        await cluster.ReplaceAsync(0);

        Assert.Equal(Customers, (await host.Record(Batch("2"))).Accepted);
        Assert.Equal(Customers, (await host.Record(Batch("2"))).Duplicates);
        Assert.Equal(2, await host.CountOf("c7"));
    }

    [Fact]
    public async Task What_nobody_knows_the_outcome_of_is_sent_again_only_if_it_has_ids()
    {
        await using var host = await Start();
        var calls = cluster.Service<CustomerCalls>(0);
        var sent = 0;
        Func<Task<WriteAnswer>> call = () =>
        {
            sent++;
            return Task.FromResult(new WriteAnswer(WriteStatus.Done, 1, 0, []));
        };
        var now = System.Diagnostics.Stopwatch.GetTimestamp();

        await Assert.ThrowsAsync<ScoringException>(() =>
            calls.WriteAgainAsync(isRepeatable: false, call, WriteStatus.Unknown, now)
        );
        Assert.Equal(0, sent);
        Assert.Equal(1, (await calls.WriteAgainAsync(isRepeatable: true, call, WriteStatus.Unknown, now)).Accepted);
        Assert.Equal(1, (await calls.WriteAgainAsync(isRepeatable: false, call, WriteStatus.Gone, now)).Accepted);
        Assert.Equal(2, sent);
    }

    private static Sample[] Batch(string id) =>
        [.. Enumerable.Range(0, Customers).Select(i => new Sample($"c{i}", $"{id}-{i}"))];
}
