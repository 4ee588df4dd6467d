using System.Net;
using Scoring.Server.Settings;
using Scoring.Server.Settings.Values;

namespace Scoring.Server.Tests.Running;

public sealed class SiloSetupTests
{
    [Theory]
    [InlineData("10.0.0.7", null, "10.0.0.7")]
    [InlineData("10.0.0.7", "0.0.0.0", "0.0.0.0")]
    [InlineData(null, "10.0.0.8", "10.0.0.8")]
    [InlineData(null, null, "0.0.0.0")]
    public void A_silo_of_a_cluster_listens_where_it_is_reached_unless_another_address_is_set(
        string? advertised,
        string? set,
        string listens
    )
    {
        var settings = new ServerSettings
        {
            Postgres = "Host=db",
            AdvertisedAddress = advertised is null ? null : HostAddress.Parse(advertised),
            SiloListenAddress = set is null ? null : HostAddress.Parse(set),
        };

        Assert.Equal(IPEndPoint.Parse($"{listens}:11111"), new IPEndPoint(settings.SiloAddress, settings.SiloPort));
    }
}
