using Scoring.Core;
using Scoring.Core.Segments;
using Scoring.Core.Workspaces;
using Scoring.Grains.Tests.Specs;

namespace Scoring.Grains.Tests.Customers;

/// <summary>What another application of the cluster is told, which is no silo.</summary>
public sealed class ApplicationSpecs
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task It_records_and_reads_customers_accounts_and_segments()
    {
        await using var cluster = await TestSilos.StartAsync(3);
        for (var i = 0; i < 20; i++)
        {
            var customer = cluster.Client.GetGrain<ICustomerGrain>($"default/customer-{i}");
            var recorded = await customer.RecordAsync(
                Encoded(new Sample($"customer-{i}", Account: "acme")),
                Patience,
                TestSilos.Cancellation
            );
            Assert.Equal(1, recorded.Accepted);
            var score = await customer.GetScoreAsync("", null, Patience, TestSilos.Cancellation);
            Assert.Equal(($"customer-{i}", "acme"), (score!.CustomerId, score.AccountId));
        }

        var account = await cluster.Client.GetGrain<IAccountGrain>("default/acme").GetHealthAsync(30, "", null);
        var query = new SegmentQuery
        {
            Workspace = WorkspaceSettings.DefaultName,
            Percentiles = [50],
            Top = 3,
        };
        var segment = await cluster
            .Client.GetGrain<ISegmentGrain>(WorkspaceSettings.DefaultName)
            .GetStatisticsAsync(query);

        Assert.Equal(20, account.Customers);
        Assert.Equal((20, 3), (segment.Customers, segment.Top.Count));
    }

    [Fact]
    public async Task Its_mistakes_come_back_as_errors_of_the_service()
    {
        await using var cluster = await TestSilos.StartAsync(2, partitions: 4);
        var accounts = cluster.Client.GetGrain<IAccountGrain>("default/nobody");

        await RefusedAsync(ScoringError.AccountNotFound, () => accounts.GetHealthAsync(30, "", null));
        await RefusedAsync(ScoringError.InvalidArgument, () => accounts.GetHealthAsync(0, "", null));
        await RefusedAsync(ScoringError.ModelNotFound, () => accounts.GetHealthAsync(30, "none", null));
        await RefusedAsync(
            ScoringError.InvalidArgument,
            () => cluster.Client.GetGrain<IAccountGrain>("nobody").GetHealthAsync(30, "", null)
        );
        await RefusedAsync(
            ScoringError.InvalidArgument,
            () =>
                cluster
                    .Client.GetGrain<ISegmentGrain>(WorkspaceSettings.DefaultName)
                    .GetStatisticsAsync(new SegmentQuery { Workspace = "another" })
        );
        await RefusedAsync(
            ScoringError.ModelNotFound,
            () => cluster.Client.GetGrain<ICustomerGrain>("default/ada").GetScoreAsync("none", null)
        );
    }

    [Fact]
    public async Task It_follows_customers_when_a_silo_stops()
    {
        await using var cluster = await TestSilos.StartAsync(3);
        await TellAllAsync();

        await cluster.StopAsync(cluster.Up[2]);

        await TellAllAsync();
        for (var i = 0; i < 30; i++)
        {
            Assert.Equal(2, await cluster.CountOfAsync(i, $"customer-{i}"));
        }

        async Task TellAllAsync()
        {
            for (var i = 0; i < 30; i++)
            {
                var customer = cluster.Client.GetGrain<ICustomerGrain>($"default/customer-{i}");
                await customer.RecordAsync(Encoded(new Sample($"customer-{i}")), Patience, TestSilos.Cancellation);
            }
        }
    }

    private static async Task RefusedAsync(ScoringError error, Func<Task> call) =>
        Assert.Equal(error, (await Assert.ThrowsAsync<ScoringException>(call)).Error);

    private static byte[] Encoded(params Sample[] events)
    {
        using var batch = Samples.Batch(events, WorkspaceSettings.DefaultName);
        return batch.Encoded.ToArray();
    }
}
