using Npgsql;
using Scoring.Cluster.Models;
using Scoring.Cluster.Tests.Postgres;
using Scoring.Core.Models;
using Scoring.Core.Workspaces;

namespace Scoring.Cluster.Tests.Clusters;

[Collection(OnThreeSilos.Name)]
public sealed class ModelLoaderSpecs(ThreeSilos cluster) : BackendSpecs(cluster)
{
    private readonly ThreeSilos _cluster = cluster;

    [Fact]
    public async Task A_file_that_silos_load_at_the_same_time_is_loaded_once()
    {
        await using var host = await Start();

        var versions = await Task.WhenAll(
            Enumerable.Range(0, 3).Select(silo => LoadAsync(host, silo, Samples.Model("other"), "1"))
        );

        Assert.Equal([0, 0, 1], versions.Order());
    }

    [Fact]
    public async Task A_file_that_is_unchanged_never_replaces_what_was_put_since_and_one_that_changed_does()
    {
        await using var host = await Start();
        Assert.Equal(2, await LoadAsync(host, 0, Samples.Model(), "1"));
        await host.Put(Samples.Model(weight: 5));

        Assert.Equal(0, await LoadAsync(host, 1, Samples.Model(), "1"));
        await host.CrashAndRestartAsync();
        Assert.Equal(0, await LoadAsync(host, 2, Samples.Model(), "1"));
        Assert.Equal(4, await LoadAsync(host, 0, Samples.Model(weight: 7), "2"));

        var model = Assert.Single(await host.Backend.ListModelsAsync(host.Workspace, BackendHost.Cancellation));
        Assert.Equal((4, 7.0), (model.Version, model.Terms[0].Weight));
    }

    [Fact]
    public async Task A_file_is_loaded_though_the_store_fails_at_first()
    {
        await using var host = await Start();
        await using var source = NpgsqlDataSource.Create(_cluster.Connection);
        await using var connection = await source.OpenConnectionAsync(BackendHost.Cancellation);
        await using var transaction = await connection.BeginTransactionAsync(BackendHost.Cancellation);
        await using var hold = connection.CreateCommand();
        hold.CommandText = "SELECT 1 FROM scoring_state WHERE kind = 'models' FOR UPDATE";
        await hold.ExecuteNonQueryAsync(BackendHost.Cancellation);

        var load = LoadAsync(host, 0, Samples.Model("other"), "1");
        while (await WaitingSessions.EndAsync(source) == 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), BackendHost.Cancellation);
        }
        await transaction.RollbackAsync(BackendHost.Cancellation);

        Assert.Equal(1, await load);
    }

    private Task<int> LoadAsync(BackendHost host, int silo, ScoringModel model, string contentHash) =>
        _cluster
            .Service<ModelLoader>(silo)
            .LoadAsync(new WorkspaceSettings { Name = host.Workspace }, model, contentHash);
}
