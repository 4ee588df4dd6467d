using Scoring.Core.Recording;
using Scoring.Core.Workspaces;
using Scoring.Grains.Tests.Specs;
using Scoring.Postgres.Tests.Support;

namespace Scoring.Grains.Tests.Customers;

/// <summary>Grains that wait for each other would wait until their calls time out.</summary>
public sealed class CallbackSpecs(PostgresServer server)
{
    [Fact]
    public async Task No_grain_calls_back_into_its_caller()
    {
        await using var silos = await ThreeSilosWithPostgres.StartAsync(
            server,
            databases: 1,
            new WorkspaceSettings { Name = WorkspaceSettings.DefaultName },
            variant: 0
        );
        await silos.Put(Samples.Model());
        for (var customer = 0; customer < 20; customer++)
        {
            await silos.Record(new Sample($"c{customer}", Account: "acme"));
            await silos.Score($"c{customer}");
        }
        await silos.Upsert(new CustomerUpdate("c0", "", [new("plan", "pro")]));
        await silos.Upsert(new AccountUpdate("acme", 3, []));
        await silos.Health("acme");
        await silos.Segment();
        await silos.DisturbAsync(new Random(1));

        // Otherwise nothing was seen.
        Assert.Contains(silos.Calls.Seen, chain => chain.EndsWith("scoring.customer", StringComparison.Ordinal));
        Assert.Contains(silos.Calls.Seen, chain => chain.StartsWith("scoring.models > ", StringComparison.Ordinal));
        Assert.Empty(silos.Calls.Callbacks);
    }
}
