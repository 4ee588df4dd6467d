using System.Security.Cryptography;
using Scoring.Engine;
using Scoring.Engine.Storage;
using Scoring.Postgres.Tests.Support;

namespace Scoring.Postgres.Tests;

/// <summary>Documents, states and blobs, and whose they are.</summary>
public sealed class CheckpointStoreTests : IDisposable
{
    private const int Partitions = 3;
    private readonly string _database;
    private readonly TcpProxy _proxy;

    public CheckpointStoreTests(PostgresServer server)
    {
        _database = server.NewDatabase();
        _proxy = new(server.Socket);
    }

    [Fact]
    public void Documents_are_put_by_whoever_knows_the_version_before()
    {
        using var one = Start();
        using var other = Start();

        Assert.True(one.Checkpoints.TryPutDocument("model", 1, "a"u8));
        Assert.False(other.Checkpoints.TryPutDocument("model", 1, "b"u8));
        Assert.False(other.Checkpoints.TryPutDocument("model", 3, "b"u8));
        Assert.Equal("a"u8, other.Checkpoints.ReadDocument("model", out var version));
        Assert.Equal(1, version);
        Assert.True(other.Checkpoints.TryPutDocument("model", 2, "b"u8));
        Assert.Equal("b"u8, one.Checkpoints.ReadDocument("model", out version));
        Assert.Equal(2, version);
        Assert.Throws<StoreException>(() => one.Checkpoints.ReadDocument("none", out _));
    }

    [Fact]
    public void A_state_is_put_by_the_newest_owner_and_nobody_else()
    {
        using var first = Start();
        using var second = Start();
        first.Claim(1);
        Assert.True(first.Checkpoints.TryPutState(1, 2, "first"u8));
        Assert.False(first.Checkpoints.TryPutState(1, 2, "again"u8));

        second.Store.Ownership.Claim(1);

        Assert.False(first.Checkpoints.TryPutState(1, 3, "fenced"u8));
        Assert.Equal("first"u8, second.Checkpoints.ReadState(1, out var version));
        Assert.Equal(2, version);
        Assert.True(second.Checkpoints.TryPutState(1, 3, "second"u8));
        Assert.Equal("second"u8, first.Checkpoints.ReadState(1, out _));
    }

    [Theory]
    [InlineData(CutPoint.BeforeStatement, false)]
    [InlineData(CutPoint.WithinStatement, false)]
    [InlineData(CutPoint.AfterStatement, null)]
    [InlineData(CutPoint.BeforeAnswer, true)]
    [InlineData(CutPoint.LateStatement, false)]
    public void A_put_of_unknown_outcome_is_what_it_is_once_it_is_settled(CutPoint point, bool? isPut)
    {
        using var one = Start(_proxy.Through(_database));
        one.Claim(0);
        Assert.True(one.Checkpoints.TryPutState(0, 2, "before"u8));
        Assert.True(one.Checkpoints.TryPutState(0, 3, "before"u8));
        _proxy.CutNext("checkpoints", point);
        Assert.False(Assert.Throws<StoreFailure>(() => one.Checkpoints.TryPutState(0, 4, "doubtful"u8)).IsFull);
        Assert.Throws<InvalidOperationException>(() => one.Checkpoints.TryPutState(0, 4, "doubtful"u8));

        one.Checkpoints.Settle();
        one.Checkpoints.ReadState(0, out var settled);
        _proxy.DeliverLate();

        if (isPut is { } expected)
        {
            Assert.Equal(expected ? 4 : 3, settled);
        }
        Assert.True(one.Checkpoints.TryPutState(0, settled + 1, "after"u8));
        Assert.Equal("after"u8, one.Checkpoints.ReadState(0, out var version));
        Assert.Equal(settled + 1, version);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(PostgresBlobSink.PieceBytes)]
    [InlineData((3 * PostgresBlobSink.PieceBytes) + 17)]
    public void A_blob_is_read_as_it_was_written(int length)
    {
        var content = RandomNumberGenerator.GetBytes(length);
        using var one = Start();
        one.Claim(2);
        using (var sink = one.Checkpoints.CreateBlob(2, number: 5))
        {
            for (var at = 0; at < length; at += 100_000)
            {
                sink.Append(content.AsSpan(at, Math.Min(100_000, length - at)));
            }
            sink.Complete();
        }

        using var source = one.Checkpoints.OpenBlob(2, 5);

        Assert.Equal(length, source.Length);
        Assert.Equal(content, ReadAll(source));
        Assert.Equal(0, source.Read(new byte[10], length));
        Assert.Throws<StoreException>(() => one.Checkpoints.OpenBlob(2, 6));
    }

    [Fact]
    public void A_blob_whose_number_is_used_again_holds_nothing_of_the_one_before()
    {
        using var one = Start();
        one.Claim(0);
        Write(one, 0, number: 1, new byte[(2 * PostgresBlobSink.PieceBytes) + 1]);

        Write(one, 0, number: 1, "new"u8.ToArray());

        using var source = one.Checkpoints.OpenBlob(0, 1);
        Assert.Equal("new"u8, ReadAll(source));
    }

    [Fact]
    public void A_blob_whose_connection_was_lost_in_between_is_of_no_use()
    {
        using var one = Start(_proxy.Through(_database));
        one.Claim(0);
        using var sink = one.Checkpoints.CreateBlob(0, 1);
        sink.Append(new byte[2 * PostgresBlobSink.PieceBytes]);
        _proxy.CutNext("checkpoints", CutPoint.BeforeStatement);
        Assert.Throws<StoreFailure>(() => sink.Append(new byte[2 * PostgresBlobSink.PieceBytes]));

        // Something else has opened the connection again.
        Assert.True(one.Checkpoints.TryPutDocument("other", 1, "a"u8));

        Assert.Throws<StoreFailure>(sink.Complete);
    }

    [Fact]
    public void What_owners_before_left_is_removed_by_the_next_one_and_nothing_else()
    {
        using var former = Start();
        former.Claim(0, 1);
        foreach (var number in (long[])[1, 2, 3])
        {
            Write(former, 0, number, "blob"u8.ToArray());
            Write(former, 1, number, "blob"u8.ToArray());
        }
        using var owner = Start();
        owner.Store.Ownership.Claim(0);
        owner.Store.Ownership.Claim(1);

        owner.Checkpoints.RemoveLeftovers(0, number => number == 2);
        Assert.Equal(["0 2", "1 1", "1 2", "1 3"], Blobs());

        Write(owner, 0, number: 1 << 20, "being written"u8.ToArray());
        owner.Checkpoints.RemoveLeftovers(1, number => number == 3);
        Assert.Equal(["0 2", "0 1048576", "1 3"], Blobs());

        owner.Checkpoints.DropBlob(0, 2);
        Assert.Equal(["0 1048576", "1 3"], Blobs());
    }

    public void Dispose() => _proxy.Dispose();

    private static void Write(TestServer server, int partition, long number, byte[] content)
    {
        using var sink = server.Checkpoints.CreateBlob(partition, number);
        sink.Append(content);
        sink.Complete();
    }

    private static byte[] ReadAll(IBlobSource source)
    {
        var all = new List<byte>();
        var buffer = new byte[70_001];
        while (source.Read(buffer, all.Count) is var read and > 0)
        {
            all.AddRange(buffer.AsSpan(0, read));
        }
        return [.. all];
    }

    private string[] Blobs() =>
        PostgresServer
            .Ask<string[]>(
                _database,
                "SELECT array_agg(DISTINCT partition || ' ' || number ORDER BY partition || ' ' || number) FROM scoring.blob"
            )
            .OrderBy(blob => blob.Split(' ')[0], StringComparer.Ordinal)
            .ThenBy(blob => long.Parse(blob.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture))
            .ToArray();

    private TestServer Start() => Start(_database);

    private static TestServer Start(string database) => new(TestServer.Options(database), Partitions);
}
