using System.Net;
using Scoring.Cluster.Customers;

namespace Scoring.Cluster.Tests.Customers;

/// <summary>Which silo a customer is to be on.</summary>
public sealed class CustomerHomesSpecs
{
    private const int Customers = 30_000;

    private static readonly GrainId[] Ids =
    [
        .. Enumerable.Range(0, Customers).Select(i => CustomerGrains.Id("default", $"customer-{i:D8}")),
    ];

    [Fact]
    public void Every_silo_is_the_home_of_its_share_of_customers()
    {
        var counts = Homes(Silos(1, 2, 3)).CountBy(home => home).Select(count => (double)count.Value / Customers);

        Assert.All(counts, share => Assert.InRange(share, 0.32, 0.35));
    }

    [Fact]
    public void All_silos_agree_in_whatever_order_they_know_each_other() =>
        Assert.Equal(Homes(Silos(1, 2, 3)), Homes(Silos(3, 1, 2)));

    [Fact]
    public void When_a_silo_goes_only_its_own_customers_have_another_home()
    {
        var (before, after) = (Homes(Silos(1, 2, 3)), Homes(Silos(1, 2)));

        var gone = Silos(3)[0];
        Assert.All(
            before.Zip(after).Where(homes => !homes.First.Equals(gone)),
            homes => Assert.Equal(homes.First, homes.Second)
        );
        Assert.DoesNotContain(gone, after);
    }

    [Fact]
    public void A_silo_that_is_started_again_at_its_address_has_its_customers_again()
    {
        var again = SiloAddress.New(Silos(2)[0].Endpoint, gen: 77);

        var homes = Homes([Silos(1)[0], again, Silos(3)[0]]);

        Assert.Equal(Homes(Silos(1, 2, 3)).Select(home => home.Endpoint), homes.Select(home => home.Endpoint));
    }

    private static SiloAddress[] Homes(SiloAddress[] silos)
    {
        var homes = new CustomerHomes(silos);
        return Array.ConvertAll(Ids, homes.Of);
    }

    private static SiloAddress[] Silos(params int[] ports) =>
        Array.ConvertAll(ports, port => SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 11_110 + port), gen: 1));
}
