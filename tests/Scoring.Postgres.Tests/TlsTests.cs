using Npgsql;
using Scoring.Cli.Tests.Support;
using Scoring.Engine;
using Scoring.Postgres.Tests.Support;
using Scoring.Server.Tests.Tls;

namespace Scoring.Postgres.Tests;

/// <summary>A database that is reached over a network by TLS.</summary>
public sealed class TlsTests : IAsyncLifetime
{
    private readonly Authority _authority = new();
    private readonly TempFolder _folder = new();
    private readonly int _port = FreePort.Next();
    private readonly PostgresServer _postgres;

    public TlsTests()
    {
        var (certificate, key) = _authority.Issue();
        _postgres = new() { Tls = (_port, certificate, key) };
    }

    public ValueTask InitializeAsync() => _postgres.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        await _postgres.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_store_is_made_and_used_by_TLS_alone_where_the_certificate_is_verified()
    {
        var database = Verified(_postgres.NewDatabase(), _authority);

        await using var engine = await OpenAsync(database);
        using var batch = Samples.Batch([new Sample("ada", "1", "login", 1, null)]);
        var written = await engine.RecordAsync(batch, TestContext.Current.CancellationToken);

        Assert.Equal(1, written.Accepted);
        Assert.Equal(
            (0L, true),
            (
                PostgresServer.Ask<long>(
                    _postgres.Administrator,
                    "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename = 'scoring' AND NOT ssl"
                ),
                PostgresServer.Ask<bool>(
                    _postgres.Administrator,
                    "SELECT count(*) > 0 FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename = 'scoring'"
                )
            )
        );
    }

    [Fact]
    public async Task A_database_with_a_certificate_of_another_authority_gets_nothing()
    {
        var database = Verified(_postgres.NewDatabase(), new Authority());

        var error = await Assert.ThrowsAsync<StoreException>(() => OpenAsync(database));

        Assert.Contains("certificate", error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.False(
            PostgresServer.Ask<bool>(
                _postgres.Administrator.Replace(
                    "Database=postgres",
                    $"Database={new NpgsqlConnectionStringBuilder(database).Database}",
                    StringComparison.Ordinal
                ),
                "SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'scoring')"
            )
        );
    }

    private static Task<ScoringEngine> OpenAsync(string database) =>
        ScoringEngine.OpenAsync(
            new EngineOptions { DataDirectory = "" },
            () => new PostgresStore(TestServer.Options(database)),
            TestContext.Current.CancellationToken
        );

    /// <summary>The same database over the network, with the authority that its certificate must come from.</summary>
    private string Verified(string database, Authority authority)
    {
        var roots = Path.Combine(_folder.Path, "ca.pem");
        File.WriteAllText(roots, authority.Pem);
        return new NpgsqlConnectionStringBuilder(database)
        {
            Host = "127.0.0.1",
            Port = _port,
            SslMode = SslMode.VerifyFull,
            RootCertificate = roots,
        }.ConnectionString;
    }
}
