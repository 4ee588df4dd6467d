using Scoring.Core;
using Scoring.Engine.Journal;
using Scoring.Engine.Storage;

namespace Scoring.Postgres.Tests.Support;

/// <summary>One run of a server: its store, and how it appends to and reads the partitions that it has claimed.</summary>
internal sealed class TestServer : IDisposable
{
    public const long Identity = 7;
    private readonly long[] _newest;
    private JournalFrame? _doubtful;

    public TestServer(PostgresStoreOptions options, int partitions, Durability durability = Durability.OnDisk)
    {
        Store = new(options);
        _newest = new long[partitions];
        if (!Store.Exists())
        {
            Store.Make(Identity, checkpoints => Fill(checkpoints, partitions));
        }
        Checkpoints = Store.OpenCheckpoints();
        Log = Store.OpenLog(Identity, durability, new LogSpan[partitions]);
        Log.StartWriting();
    }

    public PostgresStore Store { get; }

    public ICheckpointStore Checkpoints { get; }

    public IPartitionLog Log { get; }

    /// <summary>How a store is made with states that say nothing.</summary>
    public static void Fill(IStoreTarget checkpoints, int partitions)
    {
        for (var partition = 0; partition < partitions; partition++)
        {
            Assert.True(checkpoints.TryPutState(partition, version: 1, "new"u8));
        }
        Assert.True(checkpoints.TryPutDocument("store", version: 1, "document"u8));
    }

    public static PostgresStoreOptions Options(params string[] databases) =>
        new()
        {
            Databases = databases,
            Server = "test",
            RotationBytes = 4 << 10,
            // Nothing here is about leases, and the machine may be busy.
            Lease = TimeSpan.FromSeconds(30),
        };

    /// <summary>Claims partitions and reads how far their logs go.</summary>
    public void Claim(params int[] partitions)
    {
        foreach (var partition in partitions)
        {
            Store.Ownership.Claim(partition);
            ReadOn(partition);
        }
    }

    /// <summary>Reads what a partition's log has beyond what is known.</summary>
    public void ReadOn(int partition) => _newest[partition] = EndOf(partition, after: _newest[partition]);

    /// <summary>Starts from an entry that a checkpoint contains.</summary>
    public void StartAt(int partition, long entry) => _newest[partition] = entry;

    public long Newest(int partition) => _newest[partition];

    /// <summary>Appends a group commit; gives the partitions that are fenced, which go back to where they were.</summary>
    public IReadOnlyList<int> Append(params (int Partition, string Text)[] entries)
    {
        long[] before = [.. _newest];
        var frame = TestFrames.Compose(_newest, entries);
        try
        {
            return Done(Log.Append(frame), before);
        }
        catch (StoreFailure e) when (e.IsFull)
        {
            before.CopyTo(_newest, 0);
            throw;
        }
        catch (StoreFailure)
        {
            (_doubtful, Before) = (frame, before);
            throw;
        }
    }

    private long[] Before { get; set; } = [];

    /// <summary>Whether a group commit is in doubt.</summary>
    public bool IsInDoubt => _doubtful is not null;

    /// <summary>Finds out what became of a group commit in doubt.</summary>
    public IReadOnlyList<int> Settle()
    {
        var fenced = Log.Settle(_doubtful!);
        Assert.NotNull(fenced);
        _doubtful = null;
        return Done(fenced, Before);
    }

    public List<string> Read(int partition, long after = 0) => TestFrames.Read(Log, partition, after);

    public void Dispose()
    {
        Log.Dispose();
        Store.Dispose();
    }

    private IReadOnlyList<int> Done(IReadOnlyList<int> fenced, long[] before)
    {
        foreach (var partition in fenced)
        {
            _newest[partition] = before[partition];
        }
        return fenced;
    }

    private long EndOf(int partition, long after) =>
        Log.Read(partition, after).Select(entry => entry.Number).DefaultIfEmpty(after).Last();
}
