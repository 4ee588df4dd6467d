using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Scoring.Grains.Customers;
using Scoring.Grains.Hosting;
using Scoring.Grains.Tests.Specs;

namespace Scoring.Grains.Tests.Hosting;

public sealed class OptionSpecs
{
    [Fact]
    public async Task Idle_customers_are_let_go_after_a_minute_and_two_votes_evict_a_silo_that_was_silent_for_2_seconds()
    {
        await using var cluster = await TestSilos.StartAsync(1, partitions: 4);
        var collection = cluster.Service<IOptions<GrainCollectionOptions>>(0).Value;
        var membership = new ClusterMembershipOptions();
        MembershipDefaults.Apply(membership);

        Assert.Equal(TimeSpan.FromMinutes(1), collection.ClassSpecificCollectionAge[typeof(CustomerGrain).FullName!]);
        Assert.Equal(2, membership.NumVotesForDeathDeclaration);
        var shortestSilence = membership.MaxProbeTimeout * (membership.NumMissedProbesLimit - 1);
        Assert.Equal(TimeSpan.FromSeconds(2), shortestSilence);
    }
}
