using Scoring.Engine.Storage;
using Scoring.Postgres.Tests.Support;

namespace Scoring.Postgres.Tests;

/// <summary>A database without room says so, and has taken nothing.</summary>
public sealed class FullDatabaseTests : IAsyncLifetime
{
    private readonly PostgresServer _server = new();
    private string _database = "";
    private SmallDisk? _disk;

    private SmallDisk Disk => _disk!;

    public async ValueTask InitializeAsync()
    {
        await _server.InitializeAsync();
        _database = _server.NewDatabase();
        _disk = new(_server.Directory, megabytes: 16);
        PostgresServer.Execute(
            _server.Administrator,
            $"CREATE TABLESPACE small OWNER {PostgresServer.User} LOCATION '{_disk.Space}'"
        );
        var name = new Npgsql.NpgsqlConnectionStringBuilder(_database).Database;
        PostgresServer.Execute(_database, $"ALTER DATABASE {name} SET default_tablespace = small");
    }

    [Fact]
    public void Without_room_nothing_is_appended_put_or_written_and_everything_is_once_there_is_room()
    {
        using var owner = new TestServer(
            TestServer.Options(_database) with
            {
                RotationBytes = 64 << 20,
            },
            partitions: 2
        );
        owner.Claim(0, 1);
        owner.Append((0, "a"), (1, "a"));
        Disk.Fill();

        // Some room may be left in pages that are there already.
        var text = new string('x', 500_000);
        Assert.True(Assert.Throws<StoreFailure>(() => owner.Append((0, text), (1, "b"))).IsFull);
        Assert.True(Assert.Throws<StoreFailure>(() => owner.Append((0, text))).IsFull);
        Assert.True(Assert.Throws<StoreFailure>(() => owner.Checkpoints.TryPutState(0, 2, Noise(500_000))).IsFull);
        using var sink = owner.Checkpoints.CreateBlob(0, 1);
        Assert.True(Assert.Throws<StoreFailure>(() => sink.Append(new byte[4 << 20])).IsFull);

        Disk.MakeRoom();
        Assert.Empty(owner.Append((0, text), (1, "b")));
        Assert.True(owner.Checkpoints.TryPutState(0, 2, Noise(500_000)));
        Assert.Equal(["1 a", $"2 {text}"], owner.Read(0));
        Assert.Equal(["1 a", "2 b"], owner.Read(1));
    }

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync();
        _disk?.Dispose();
        await _server.DisposeAsync();
    }

    // What can be compressed takes no room.
    private static byte[] Noise(int length)
    {
        var noise = new byte[length];
        new Random(1).NextBytes(noise);
        return noise;
    }
}
