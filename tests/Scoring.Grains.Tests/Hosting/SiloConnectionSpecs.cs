using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;
using Scoring.Grains.Relay;
using Scoring.Grains.Tests.Specs;

namespace Scoring.Grains.Tests.Hosting;

/// <summary>A server that was started again is another silo at the same address, and a connection to it is not taken for one to the silo before.</summary>
public sealed class SiloConnectionSpecs
{
    [Fact]
    public async Task A_silo_is_not_reached_where_another_one_is()
    {
        await using var silos = await TestSilos.StartAsync(2);
        var (here, there) = (silos.Up[0], silos.Up[1].SiloAddress);
        // Not an earlier one, which is known to be gone since this one is there.
        var other = SiloAddress.New(there.Endpoint, there.Generation + 1);

        var refusal = await Assert.ThrowsAnyAsync<OrleansException>(() => CallAsync(here, other));

        Assert.Contains($"{there} answers where {other} was called.", refusal.Message, StringComparison.Ordinal);
        await CallAsync(here, there);
    }

    private static Task CallAsync(InProcessSiloHandle here, SiloAddress there) =>
        here.ServiceProvider.GetRequiredService<HostRelayClient>().Of(there).RefreshAsync();
}
