namespace Scoring.Server.Segments;

/// <summary>Reads the saved segments of all workspaces when the server starts: from then on they are known, and a question does not wait for the store.</summary>
internal sealed class SegmentFollower(SegmentCatalog catalog, FrontOptions options) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var workspace in options.Workspaces)
        {
            _ = catalog.Of(workspace.Name);
        }
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
