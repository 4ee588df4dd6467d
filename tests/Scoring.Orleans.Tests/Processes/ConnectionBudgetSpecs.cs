using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Npgsql;
using Scoring.Cluster.Tests.Postgres;
using Scoring.Server.Settings;
using Scoring.Silo.Hosting;
using Scoring.Silo.Settings;

namespace Scoring.Cluster.Tests.Processes;

/// <summary>Silos that together may take more connections than PostgreSQL has say so when they start.</summary>
public sealed class ConnectionBudgetSpecs(PostgresServer postgres)
{
    // Those reserved for superusers, of PostgreSQL's own default.
    private const int Available = PostgresServer.MaxConnections - 3;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_silo_that_does_not_fit_alone_is_refused_and_the_setting_is_named()
    {
        var refusal = await Assert.ThrowsAsync<SettingException>(() => CheckAsync(Available - 1, others: 0));

        Assert.StartsWith("Setting Silo:MaxConnections is 196", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("at most 195", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("max_connections", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silo_that_fits_alone_says_nothing() => Assert.Empty(await CheckAsync(Available - 2, others: 0));

    [Fact]
    public async Task Silos_that_fit_together_say_nothing() => Assert.Empty(await CheckAsync(47, others: 3));

    [Fact]
    public async Task Silos_that_do_not_fit_together_warn_and_say_what_would()
    {
        var warning = Assert.Single(await CheckAsync(48, others: 3));

        Assert.Contains("4 silos may take 200 connections", warning, StringComparison.Ordinal);
        Assert.Contains("which has 197", warning, StringComparison.Ordinal);
        Assert.Contains("Silo:MaxConnections to at most 47", warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silos_that_died_long_ago_do_not_count() =>
        Assert.Empty(await CheckAsync(48, others: 3, silentFor: "1 hour"));

    [Fact]
    public async Task The_predecessor_of_a_silo_does_not_count() =>
        Assert.Empty(await CheckAsync(48, others: 3, port: 1));

    /// <summary>What a silo warns of that starts beside others on ports 1, 2, 3.</summary>
    private async Task<IReadOnlyList<string>> CheckAsync(
        int maxConnections,
        int others,
        string silentFor = "10 seconds",
        int port = 11_111
    )
    {
        await using var source = NpgsqlDataSource.Create(await postgres.NewDatabaseAsync());
        await using var insert = source.CreateCommand(
            $"""
            INSERT INTO scoring_silo (deployment, address, port, generation, siloname, hostname, status, starttime, iamalivetime)
            SELECT d, '10.0.0.1', n, 1, '', '', 3, now(), now() - interval '{silentFor}'
            FROM generate_series(1, {others}) n, unnest('{"{scoring,another}"}'::text[]) d
            """
        );
        await insert.ExecuteNonQueryAsync(Cancellation);
        var silo = new SiloSettings
        {
            Clustering = Silo.Settings.Clustering.Postgres,
            MaxConnections = maxConnections,
            AdvertisedAddress = HostAddress.Parse("10.0.0.1"),
            SiloPort = port,
        };
        var logger = new FakeLogger();
        await ConnectionBudget.CheckAsync(source, silo, logger, Cancellation);
        var lines = logger.Collector.GetSnapshot();
        Assert.All(lines, line => Assert.Equal(LogLevel.Warning, line.Level));
        return [.. lines.Select(line => line.Message)];
    }
}
