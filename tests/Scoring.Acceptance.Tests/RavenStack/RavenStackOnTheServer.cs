using Scoring.Cli.Tests.Support;

namespace Scoring.Acceptance.Tests.RavenStack;

/// <summary>RavenStack on one server with files.</summary>
public sealed class RavenStackOnTheServer(RavenStackOnTheServer.Server server)
    : RavenStackSpecs(server),
        IClassFixture<RavenStackOnTheServer.Server>
{
    /// <summary>A server with a store of its own.</summary>
    public sealed class Server : RavenStackFixture
    {
        private RunningServer? _server;

        private protected override async Task<string> StartAsync()
        {
            _server = await RunningServer.StartAsync();
            return _server.Address;
        }

        private protected override async Task StopAsync()
        {
            if (_server is not null)
            {
                await _server.DisposeAsync();
            }
        }
    }
}
