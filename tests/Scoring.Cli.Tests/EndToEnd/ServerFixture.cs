using Scoring.Cli.Tests.Support;

namespace Scoring.Cli.Tests.EndToEnd;

/// <summary>One server for the tests of a class.</summary>
public sealed class ServerFixture : IAsyncLifetime
{
    private RunningServer? _server;

    public string Address => _server!.Address;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
