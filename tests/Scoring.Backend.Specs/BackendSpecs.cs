using Scoring.Core;
using Scoring.Core.Workspaces;

namespace Scoring.Backend.Specs;

/// <summary>What every host of the domain does, whatever it keeps facts in.</summary>
/// <param name="hosts">Starts the host that is to do it.</param>
public abstract class BackendSpecs(IBackendHosts hosts)
{
    /// <summary>A host with a workspace of these settings, and with the model that the samples are scored by.</summary>
    protected async Task<BackendHost> Start(WorkspaceSettings? settings = null, int variant = 0)
    {
        var host = await hosts.StartAsync(
            settings ?? new WorkspaceSettings { Name = WorkspaceSettings.DefaultName },
            variant
        );
        await host.Put(Samples.Model());
        return host;
    }

    protected static Task<ScoringException> Refusal(Func<Task> call) => Assert.ThrowsAsync<ScoringException>(call);
}
