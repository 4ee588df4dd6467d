using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Scoring.Postgres.Tests.Support;

namespace Scoring.Postgres.Tests;

/// <summary>Orleans keeps which servers there are in tables of the store, by statements of the store.</summary>
public sealed class MembershipTableTests(PostgresServer server) : IAsyncLifetime
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private IHost? _host;
    private IMembershipTable _table = null!;

    public async ValueTask InitializeAsync()
    {
        var database = server.NewDatabase();
        using (var store = new PostgresStore(new() { Databases = [database], Server = "one" }))
        {
            store.Make(7, checkpoints => TestServer.Fill(checkpoints, partitions: 2));
        }
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.UseOrleans(silo =>
        {
            silo.Configure<Orleans.Configuration.ClusterOptions>(cluster =>
                (cluster.ClusterId, cluster.ServiceId) = ("cluster", "service")
            );
            silo.UseAdoNetClustering(clustering =>
                (clustering.Invariant, clustering.ConnectionString) = ("Npgsql", PostgresStore.MembershipOf(database))
            );
        });
        _host = builder.Build();
        _table = _host.Services.GetRequiredService<IMembershipTable>();
        await _table.InitializeMembershipTableAsync(true, Cancellation);
    }

    public ValueTask DisposeAsync()
    {
        _host?.Dispose();
        return default;
    }

    [Fact]
    public async Task A_silo_that_was_inserted_is_read_with_all_that_is_known_of_it()
    {
        var silo = Entry(1);
        Assert.True(
            await _table.InsertRowAsync(silo, (await _table.ReadAllAsync(Cancellation)).Version.Next(), Cancellation)
        );

        var all = await _table.ReadAllAsync(Cancellation);
        var row = await _table.ReadRowAsync(silo.SiloAddress, Cancellation);

        Assert.Equal(1, all.Version.Version);
        foreach (var (read, _) in (Tuple<MembershipEntry, string>[])[.. all.Members, .. row.Members])
        {
            Assert.Equal(
                (silo.SiloAddress, silo.SiloName, silo.HostName, silo.Status, silo.ProxyPort),
                (read.SiloAddress, read.SiloName, read.HostName, read.Status, read.ProxyPort)
            );
            Assert.Equal((silo.StartTime, silo.IAmAliveTime), (read.StartTime, read.IAmAliveTime));
        }
        Assert.Equal((1, 1), (all.Members.Count, row.Members.Count));
        Assert.Empty((await _table.ReadRowAsync(Entry(2).SiloAddress, Cancellation)).Members);
    }

    [Fact]
    public async Task Of_two_changes_of_the_same_version_one_is_refused()
    {
        var version = (await _table.ReadAllAsync(Cancellation)).Version.Next();

        var inserted = await Task.WhenAll(
            Enumerable.Range(1, 6).Select(silo => _table.InsertRowAsync(Entry(silo), version, Cancellation))
        );

        Assert.Single(inserted, isThere => isThere);
        var all = await _table.ReadAllAsync(Cancellation);
        Assert.Equal((1, 1), (all.Members.Count, all.Version.Version));
    }

    [Fact]
    public async Task A_silo_is_suspected_declared_dead_and_cleaned_up()
    {
        var (dead, alive) = (Entry(1), Entry(2));
        await _table.InsertRowAsync(dead, (await _table.ReadAllAsync(Cancellation)).Version.Next(), Cancellation);
        await _table.InsertRowAsync(alive, (await _table.ReadAllAsync(Cancellation)).Version.Next(), Cancellation);
        dead.Status = SiloStatus.Dead;
        dead.AddSuspector(alive.SiloAddress, new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc));
        var read = await _table.ReadRowAsync(dead.SiloAddress, Cancellation);

        Assert.True(await _table.UpdateRowAsync(dead, read.Members[0].Item2, read.Version.Next(), Cancellation));
        Assert.False(await _table.UpdateRowAsync(dead, read.Members[0].Item2, read.Version.Next(), Cancellation));

        var suspected = (await _table.ReadRowAsync(dead.SiloAddress, Cancellation)).Members[0].Item1;
        Assert.Equal(SiloStatus.Dead, suspected.Status);
        Assert.Equal(dead.SuspectTimes, suspected.SuspectTimes);
        alive.IAmAliveTime = dead.IAmAliveTime.AddMinutes(10);
        await _table.UpdateIAmAliveAsync(alive, Cancellation);
        await _table.CleanupDefunctSiloEntriesAsync(new DateTimeOffset(dead.IAmAliveTime.AddMinutes(5)), Cancellation);
        var left = Assert.Single((await _table.ReadAllAsync(Cancellation)).Members).Item1;
        Assert.Equal((alive.SiloAddress, alive.IAmAliveTime), (left.SiloAddress, left.IAmAliveTime));
        await _table.DeleteMembershipTableEntriesAsync("cluster", Cancellation);
    }

    private static MembershipEntry Entry(int silo) =>
        new()
        {
            SiloAddress = SiloAddress.New(IPAddress.Loopback, 11_000 + silo, 100 + silo),
            SiloName = $"silo {silo}",
            HostName = "host",
            Status = SiloStatus.Active,
            ProxyPort = 30_000 + silo,
            StartTime = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc),
            IAmAliveTime = new DateTime(2026, 1, 1, 0, 0, 1, DateTimeKind.Utc),
        };
}
