using Scoring.Core.Workspaces;

namespace Scoring.Backend.Specs;

/// <summary>Starts hosts of the domain for specifications.</summary>
public interface IBackendHosts
{
    /// <summary>A host that has a workspace with these settings (under a name of its own), no facts and no models.</summary>
    /// <param name="settings">The settings; the host chooses the name.</param>
    /// <param name="variant">From 0: what the host may vary in itself, for example how it divides customers.</param>
    Task<BackendHost> StartAsync(WorkspaceSettings settings, int variant);
}
