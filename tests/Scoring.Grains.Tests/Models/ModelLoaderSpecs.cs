using Scoring.Core.Models;
using Scoring.Core.Workspaces;
using Scoring.Grains.Tests.Specs;
using Scoring.Postgres.Tests.Support;

namespace Scoring.Grains.Tests.Models;

/// <summary>All servers have the same model files and load them when they start.</summary>
public sealed class ModelLoaderSpecs(PostgresServer server)
{
    [Fact]
    public async Task A_file_that_silos_load_at_the_same_time_is_loaded_once()
    {
        await using var silos = await StartAsync();

        await Task.WhenAll(Enumerable.Range(0, 3).Select(silo => silos.LoadAsync(silo, Samples.Model(), "1")));

        Assert.Equal(1, Assert.Single(await ModelsOf(silos)).Version);
    }

    [Fact]
    public async Task A_file_that_is_unchanged_never_replaces_what_was_put_since_and_one_that_changed_does()
    {
        await using var silos = await StartAsync();
        await silos.LoadAsync(0, Samples.Model(), "1");
        await silos.Put(Samples.Model(weight: 5));

        await silos.LoadAsync(1, Samples.Model(), "1");
        await silos.CrashAndRestartAsync();
        await silos.LoadAsync(2, Samples.Model(), "1");
        var put = Assert.Single(await ModelsOf(silos));
        Assert.Equal((2, 5.0), (put.Version, put.Terms[0].Weight));

        await silos.LoadAsync(0, Samples.Model(weight: 7), "2");
        var loaded = Assert.Single(await ModelsOf(silos));
        Assert.Equal((3, 7.0), (loaded.Version, loaded.Terms[0].Weight));
    }

    private Task<ThreeSilosWithPostgres> StartAsync() =>
        ThreeSilosWithPostgres.StartAsync(
            server,
            databases: 1,
            new WorkspaceSettings { Name = WorkspaceSettings.DefaultName },
            variant: 0
        );

    private static async Task<IReadOnlyList<ScoringModel>> ModelsOf(BackendHost silos) =>
        await silos.Backend.ListModelsAsync(silos.Workspace, BackendHost.Cancellation);
}
