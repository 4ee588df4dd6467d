using Scoring.Cli.Tests.Support;
using Scoring.Cli.Tests.Terminal;
using Scoring.Client;
using Scoring.V1;

namespace Scoring.Cli.Tests.EndToEnd;

/// <summary>From the first key to its last call, against a server that wants to know who calls.</summary>
public sealed class KeySpecs : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private RunningServer _server = null!;

    private string AdminKeyFile => Path.Combine(_folder.Path, "admin-key");

    public async ValueTask InitializeAsync() =>
        _server = await RunningServer.StartAsync(
            null,
            "--HttpEndpoint=127.0.0.1:0",
            "--Authentication=ApiKeys",
            $"--AdminKeyFile={AdminKeyFile}"
        );

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task An_operator_creates_a_key_a_producer_uses_it_and_it_is_revoked()
    {
        var created = await AsAdminAsync("keys", "create", "--owner", "importer", "--grant", "ingest@default");
        Assert.Equal(0, created.ExitCode);
        var keyFile = _folder.Write("importer.key", created.Output);
        var id = created.Output.Split('_')[1];
        await RecordAsync(created.Output.Trim());

        var forbidden = await RunAsync("score", "ada", "--api-key-file", keyFile);
        Assert.Equal(1, forbidden.ExitCode);
        Assert.Contains("needs the role read", forbidden.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await AsAdminAsync("score", "ada")).ExitCode);
        var listed = await AsAdminAsync("keys", "list");
        Assert.Contains(id, listed.Output, StringComparison.Ordinal);
        Assert.Contains("importer", listed.Output, StringComparison.Ordinal);

        Assert.Equal(0, (await AsAdminAsync("keys", "revoke", id)).ExitCode);
        var refused = await RunAsync("score", "ada", "--api-key-file", keyFile);
        Assert.Contains("The API key is not known; it may have been revoked.", refused.Error, StringComparison.Ordinal);
        var audit = await AsAdminAsync("audit");
        Assert.Contains("RevokeApiKey", audit.Output, StringComparison.Ordinal);
        Assert.Contains("CreateApiKey", audit.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(created.Output.Trim(), audit.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_has_no_key_is_told_how_to_give_one()
    {
        var run = await RunAsync("model", "list");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("--api-key-file", run.Error, StringComparison.Ordinal);
    }

    private async Task RecordAsync(string key)
    {
        using var client = new ScoringClient(new ScoringClientOptions { Address = _server.Address, ApiKey = key });
        await client.Scoring.RecordEventAsync(
            new()
            {
                Event = new Event { CustomerId = "ada", Type = "purchase" },
            },
            cancellationToken: TestContext.Current.CancellationToken
        );
    }

    private Task<CommandRun> AsAdminAsync(params string[] command) =>
        RunAsync([.. command, "--api-key-file", AdminKeyFile]);

    private Task<CommandRun> RunAsync(params string[] command) =>
        CommandRun.OfAsync([.. command, "--address", _server.Address]);
}
