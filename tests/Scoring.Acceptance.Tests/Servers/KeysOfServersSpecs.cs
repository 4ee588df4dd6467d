using Grpc.Core;
using Scoring.Cli.Tests.Support;
using Scoring.Client;
using Scoring.Postgres.Tests.Support;
using Scoring.V1;

namespace Scoring.Acceptance.Tests.Servers;

/// <summary>Servers of a cluster have the same keys and one audit log, whichever was asked to change them.</summary>
public sealed class KeysOfServersSpecs(PostgresServer postgres) : IClassFixture<PostgresServer>, IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private ThreeServers? _servers;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string AdminKeyFile => Path.Combine(_folder.Path, "admin-key");

    public async ValueTask DisposeAsync()
    {
        if (_servers is not null)
        {
            await _servers.DisposeAsync();
        }
        _folder.Dispose();
    }

    [Fact]
    public async Task A_key_holds_at_every_server_when_it_was_told_and_at_none_when_it_was_revoked()
    {
        PostgresServer.SkipWhereMissing();
        _servers = await ThreeServers.StartAsync(
            postgres.NewDatabase(),
            "--Scoring:Authentication=ApiKeys",
            $"--Scoring:AdminKeyFile={AdminKeyFile}"
        );
        var admin = (await File.ReadAllTextAsync(AdminKeyFile, Token)).Trim();
        for (var round = 0; round < 10; round++)
        {
            using var creator = Client(_servers.All[round % 3], admin);
            var key = await creator.Admin.CreateApiKeyAsync(
                new()
                {
                    Owner = "crm",
                    Grants =
                    {
                        new Grant { Role = Role.Read, Workspace = "default" },
                    },
                },
                cancellationToken: Token
            );
            Assert.All(await CallAllAsync(key.Secret), code => Assert.Equal(StatusCode.NotFound, code));

            using var revoker = Client(_servers.All[(round + 1) % 3], admin);
            await revoker.Admin.RevokeApiKeyAsync(new() { KeyId = key.Key.KeyId }, cancellationToken: Token);
            Assert.All(await CallAllAsync(key.Secret), code => Assert.Equal(StatusCode.Unauthenticated, code));
        }
        using var reader = Client(_servers.All[2], admin);
        var log = await reader.Admin.ListAuditEntriesAsync(new(), cancellationToken: Token);
        Assert.Equal(10, log.Entries.Count(entry => entry.Method == "CreateApiKey"));
        Assert.Equal(10, log.Entries.Count(entry => entry.Method == "RevokeApiKey"));
    }

    /// <summary>What each server answers to whoever has a key, with calls that were made with it before among them.</summary>
    private async Task<StatusCode[]> CallAllAsync(string key) =>
        await Task.WhenAll(
            _servers!.All.Select(async server =>
            {
                using var client = Client(server, key);
                var call = client.Scoring.GetScoreAsync(new() { CustomerId = "nobody" }, cancellationToken: Token);
                return (await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync)).StatusCode;
            })
        );

    private static ScoringClient Client(RunningServer server, string key) =>
        new(new ScoringClientOptions { Address = server.Address, ApiKey = key });
}
