using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Scoring.Grains.Customers;
using Scoring.Grains.Hosting;
using Scoring.Grains.Tests.Fakes;

namespace Scoring.Grains.Tests.Hosting;

public sealed class OptionSpecs
{
    public static TheoryData<GrainOptions, string> OutOfRange =>
        new()
        {
            {
                new GrainOptions { MaxActiveCustomers = -1 },
                nameof(GrainOptions.MaxActiveCustomers)
            },
            {
                new GrainOptions { CustomerIdleTime = TimeSpan.FromSeconds(20) },
                nameof(GrainOptions.CustomerIdleTime)
            },
            {
                new GrainOptions { CallTimeout = TimeSpan.FromSeconds(10) },
                nameof(GrainOptions.CallTimeout)
            },
            {
                new GrainOptions { MoveTimeout = TimeSpan.Zero },
                nameof(GrainOptions.MoveTimeout)
            },
            {
                new GrainOptions { MovesAtOnce = 0 },
                nameof(GrainOptions.MovesAtOnce)
            },
            {
                new GrainOptions { OpeningsAtOnce = 0 },
                nameof(GrainOptions.OpeningsAtOnce)
            },
            {
                new GrainOptions { CheckInterval = TimeSpan.Zero },
                nameof(GrainOptions.CheckInterval)
            },
            {
                new GrainOptions { LeaveTimeout = TimeSpan.Zero },
                nameof(GrainOptions.LeaveTimeout)
            },
        };

    [Theory]
    [MemberData(nameof(OutOfRange))]
    public void A_setting_out_of_its_range_is_named(GrainOptions options, string setting) =>
        Assert.Equal(setting, Assert.Throws<ArgumentException>(options.Validate).ParamName);

    [Fact]
    public void The_defaults_are_in_their_ranges() => new GrainOptions().Validate();

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
