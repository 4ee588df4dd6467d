using Npgsql;
using Scoring.Cluster.Customers;
using Scoring.Core;
using Scoring.Core.Workspaces;
using Scoring.Postgres;

namespace Scoring.Cluster.Hosting;

/// <summary>What a silo sees to in the store before its first grain: that nobody moves it, and that the settings go with what is in it.</summary>
internal sealed class StoreStart(
    NpgsqlDataSource source,
    DocumentTable documents,
    ImportedIdLookup imported,
    StoreClaimKeeper claim,
    ClusterOptions options
) : ILifecycleParticipant<ISiloLifecycle>
{
    /// <inheritdoc/>
    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(
            nameof(StoreStart),
            ServiceLifecycleStage.RuntimeInitialize,
            StartAsync,
            _ => claim.DisposeAsync().AsTask()
        );

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        await claim.TakeAsync(cancellationToken);
        var always = new WorkspaceSettings { Name = WorkspaceSettings.DefaultName };
        foreach (var workspace in options.Workspaces.Append(always).DistinctBy(w => w.Name, StringComparer.Ordinal))
        {
            await CheckAsync(workspace, cancellationToken);
        }
        await imported.StartAsync(cancellationToken);
    }

    /// <summary>Notes what the records of a workspace depend on, which cannot be changed once there are any.</summary>
    private async Task CheckAsync(WorkspaceSettings settings, CancellationToken cancellationToken)
    {
        var key = DocumentKinds.KeyOf(settings.Name);
        var configured = StoredWorkspace.From(settings);
        bool isNoted;
        do
        {
            var (version, content) = await documents.ReadAsync(DocumentKinds.Workspace, key, cancellationToken);
            var stored = version == 0 ? null : StoredWorkspace.Read(content);
            if (stored?.MeansTheSameAs(configured) == true)
            {
                return;
            }
            if (stored?.HalfLivesDays.SequenceEqual(configured.HalfLivesDays) == false)
            {
                await RefuseIfThereIsDataAsync(settings, stored, cancellationToken);
            }
            isNoted = await documents.WriteAsync(
                DocumentKinds.Workspace,
                key,
                version,
                configured.Write(),
                cancellationToken
            );
        } while (!isNoted);
    }

    private async Task RefuseIfThereIsDataAsync(
        WorkspaceSettings settings,
        StoredWorkspace stored,
        CancellationToken cancellationToken
    )
    {
        await using var command = source.CreateCommand(
            "SELECT EXISTS (SELECT FROM scoring_customer WHERE workspace = @workspace)"
        );
        command.Parameters.AddWithValue("workspace", settings.Name);
        if ((bool)(await command.ExecuteScalarAsync(cancellationToken))!)
        {
            throw new ScoringException(
                ScoringError.InvalidArgument,
                $"The database holds data of the workspace '{settings.Name}' with HalfLivesDays "
                    + $"[{string.Join(", ", stored.HalfLivesDays)}], and the setting says "
                    + $"[{string.Join(", ", settings.HalfLivesDays)}]. Half-lives cannot be changed once there is data; set them back, "
                    + "or use a new workspace."
            );
        }
    }
}
