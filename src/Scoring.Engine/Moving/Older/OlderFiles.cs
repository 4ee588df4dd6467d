using System.Buffers.Binary;
using System.IO.Hashing;
using Scoring.Core;
using Scoring.Core.Models;
using Scoring.Core.Time;
using Scoring.Engine.Checkpoints;
using Scoring.Engine.Duplicates;
using Scoring.Engine.Files;
using Scoring.Engine.Journal;
using Scoring.Engine.Recovery;
using Scoring.Engine.Snapshots;
using Scoring.Engine.Storage;
using Scoring.Engine.Workspaces;

namespace Scoring.Engine.Moving.Older;

/// <summary>A store in files of layout 4, whose documents and states lie in an SQLite database. It can be moved, and nothing else.</summary>
/// <remarks>
/// Documents and states are given in today's form. The files of checkpoints and the journal are as today, but for what customers and entries begin with,
/// which <see cref="Core.Populations.OlderCustomer"/> and <see cref="EntryHeader.TryRead"/> know.
/// </remarks>
internal sealed class OlderFiles(EngineOptions options) : IMovableStore, ICheckpointStore
{
    private const uint ApplicationId = 0x4353434F;
    private const int Layout = 4;
    private readonly DirectoryLock _lock = DirectoryLock.Take(options.DataDirectory);
    private readonly Dictionary<string, byte[]> _documents = new(StringComparer.Ordinal);
    private readonly List<PartitionState> _states = [];
    private JournalIndex _journal = JournalIndex.Empty;

    /// <inheritdoc/>
    public string Place => options.DataDirectory;

    /// <inheritdoc/>
    public IPartitionOwnership Ownership { get; } = new SoleOwner();

    /// <inheritdoc/>
    public long? FreeBytes => null;

    /// <inheritdoc/>
    public long Identity { get; private set; }

    private string Database => Path.Combine(options.DataDirectory, StoreFolder.SqliteFile);

    /// <inheritdoc/>
    public bool Exists() => true;

    /// <inheritdoc/>
    public void KeepServersOut() { }

    /// <inheritdoc/>
    public void ThrowIfServersMayBeIn() { }

    /// <inheritdoc/>
    public bool IsHalfMoved() => false;

    /// <inheritdoc/>
    public ICheckpointStore OpenCheckpoints()
    {
        try
        {
            Read();
            return this;
        }
        catch (InvalidDataException e)
        {
            throw StoreErrors.Damaged(Database, e.Message.TrimEnd('.'));
        }
    }

    /// <inheritdoc/>
    public IPartitionLog OpenLog(long identity, Durability durability, IReadOnlyList<LogSpan> spans)
    {
        var found = new JournalReader(Database, _journal, isOlder: true, identity, durability, spans).Read();
        return new JournalLog(options, identity, spans.Count, found, _lock);
    }

    /// <inheritdoc/>
    public string PlaceOf(string document) => Database;

    /// <inheritdoc/>
    public string PlaceOf(int partition) => Database;

    /// <inheritdoc/>
    public byte[] ReadDocument(string name, out long version)
    {
        version = 1;
        return _documents[name];
    }

    /// <inheritdoc/>
    public byte[] ReadState(int partition, out long version)
    {
        version = 1;
        return BlobWriter.Encode(_states[partition].Write);
    }

    /// <inheritdoc/>
    public IBlobSource OpenBlob(int partition, long number) =>
        new FileBlobSource(StoreFolder.PathOf(options.DataDirectory, partition, number));

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();

    /// <inheritdoc/>
    public void Make(long identity, Action<IStoreTarget> fill, bool isMove = false) => throw OnlyReads();

    /// <inheritdoc/>
    public void EndMove() => throw OnlyReads();

    /// <inheritdoc/>
    public bool TryPutDocument(string name, long version, ReadOnlySpan<byte> content) => throw OnlyReads();

    /// <inheritdoc/>
    public bool TryPutState(int partition, long version, ReadOnlySpan<byte> content) => throw OnlyReads();

    /// <inheritdoc/>
    public IBlobSink CreateBlob(int partition, long number) => throw OnlyReads();

    /// <inheritdoc/>
    public void DropBlob(int partition, long number) => throw OnlyReads();

    /// <inheritdoc/>
    public void StartWriting(Func<int, long, bool> isNamed) => throw OnlyReads();

    /// <inheritdoc/>
    public void RemoveLeftovers(int partition, Func<long, bool> isNamed) => throw OnlyReads();

    /// <inheritdoc/>
    public void Settle() => throw OnlyReads();

    private static NotSupportedException OnlyReads() => new("A store of layout 4 is only read.");

    private void Read()
    {
        using var database = new SqliteFile(Database);
        if (database.ApplicationId != ApplicationId || database.UserVersion != Layout)
        {
            throw new StoreException(
                Database,
                $"is a store of layout {database.UserVersion} of this service, or none; of those in SQLite, layout {Layout} can be moved. It has been "
                    + "left as it is. Open it with the build that wrote it."
            );
        }
        var meta = new BlobReader(Rows(database, table: 1, "meta", expected: 1)[0]);
        Identity = meta.Int64();
        var partitions = meta.Int32();
        var window = new WindowBounds(new TimeSpan(meta.Int64()), meta.Int32(), meta.Int32());
        var durability = (Durability)meta.Byte();
        var (workspaces, models, segments) = (meta.Int32(), meta.Int32(), meta.Int32());
        var journalStart = new FrameLink(meta.Int64(), unchecked((ulong)meta.Int64()));
        var settings = new StoredSettings(
            window,
            [.. Rows(database, table: 2, "workspace", workspaces).Select(ReadWorkspace)]
        );
        _documents[StoreContents.StoreDocument] = BlobWriter.Encode(new StoreMeta(partitions, durability).Write);
        _documents[StoreContents.SettingsDocument] = BlobWriter.Encode(settings.Write);
        _documents[StoreContents.ModelsDocument] = BlobWriter.Encode(target =>
        {
            target.Int32(models);
            foreach (var model in Rows(database, table: 3, "model", models))
            {
                ReadModel(model).Write(target);
            }
        });
        _states.AddRange(Rows(database, table: 4, "partition", partitions).Select(state => ReadState(state, settings)));
        var lengths = Rows(database, table: 5, "segment", segments, out var numbers);
        _journal = new(
            journalStart,
            numbers
                .Zip(lengths)
                .ToDictionary(segment => (int)segment.First, segment => new BlobReader(segment.Second).Int64())
        );
    }

    private static StoredWorkspace ReadWorkspace(byte[] content)
    {
        var reader = new BlobReader(content);
        return new(
            reader.Text(),
            reader.Many(reader.UInt16(), static (ref BlobReader r) => r.Int32()),
            reader.Many(reader.UInt16(), static (ref BlobReader r) => r.Text()),
            [],
            []
        );
    }

    private static StoredModel ReadModel(byte[] content)
    {
        var reader = new BlobReader(content);
        var (workspace, hash) = (reader.UInt16(), reader.Text());
        return new(workspace, ModelJson.Read(reader.Rest), hash);
    }

    private static PartitionState ReadState(byte[] content, StoredSettings settings)
    {
        var reader = new BlobReader(content);
        var (last, checkpoint, head, tail) = (reader.Int64(), reader.Int64(), reader.Int64(), reader.Int64());
        var files = reader.Many(
            reader.UInt16(),
            // Its number had four bytes.
            static (ref BlobReader r) =>
                new SnapshotFile(
                    r.Int32(),
                    (SnapshotKind)r.Byte(),
                    r.Int64(),
                    new(r.Int64(), unchecked((ulong)r.Int64())),
                    r.Int64()
                )
        );
        var rows = new Dictionary<int, RowCounts>();
        while (!reader.AtEnd)
        {
            rows.Add(reader.UInt16(), new(reader.Int32(), reader.Int32()));
        }
        return new(last, checkpoint, Instant.MinValue, head, tail, 0, new(), rows, settings, files, Archives: null);
    }

    private static List<byte[]> Rows(SqliteFile database, int table, string name, int expected) =>
        Rows(database, table, name, expected, out _);

    /// <summary>The rows of a table by key, without the checksums behind them.</summary>
    private static List<byte[]> Rows(SqliteFile database, int table, string name, int expected, out List<long> keys)
    {
        var rows = database.Read(name);
        if (rows.Count != expected)
        {
            throw new InvalidDataException($"its table {name} has {rows.Count} rows where {expected} are expected");
        }
        keys = rows.ConvertAll(row => row.Key);
        return rows.ConvertAll(row => Open(table, name, row.Key, row.Content));
    }

    private static byte[] Open(int table, string name, long key, byte[] row)
    {
        var content = row.AsSpan(0, Math.Max(0, row.Length - sizeof(ulong)));
        var seed = unchecked(table * (long)0x9E3779B97F4A7C15) ^ key;
        return
            row.Length >= sizeof(ulong)
            && BinaryPrimitives.ReadUInt64LittleEndian(row.AsSpan(content.Length))
                == XxHash3.HashToUInt64(content, seed)
            ? content.ToArray()
            : throw new InvalidDataException($"row {key} of its table {name} has a wrong checksum");
    }
}
