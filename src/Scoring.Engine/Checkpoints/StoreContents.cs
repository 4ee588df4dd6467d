using System.Collections.Concurrent;
using Scoring.Engine.Storage;
using Scoring.Engine.Workspaces;

namespace Scoring.Engine.Checkpoints;

/// <summary>What a checkpoint store holds beside blobs, and what was put last.</summary>
/// <remarks>Used by one thread, but for the reading of states; and for the models, which one at a time looks at.</remarks>
internal sealed class StoreContents
{
    /// <summary>The document that is put last when a store is made.</summary>
    public const string StoreDocument = "store";

    /// <summary>The document of what the meaning of entries depends on.</summary>
    public const string SettingsDocument = "settings";

    /// <summary>The document of the models.</summary>
    public const string ModelsDocument = "models";

    /// <summary>What the names of documents begin with that users of the store keep in it.</summary>
    public const string SharedPrefix = "shared-";

    private readonly ICheckpointStore _store;
    private readonly ConcurrentDictionary<int, (PartitionState State, long Version)> _states = new();
    private readonly ConcurrentDictionary<string, long> _documents = new(StringComparer.Ordinal);

    private StoreContents(ICheckpointStore store) => _store = store;

    public StoreMeta Meta { get; private set; } = null!;

    /// <summary>By what entries are applied that are appended from now on.</summary>
    public StoredSettings Settings { get; private set; } = null!;

    /// <summary>The models.</summary>
    public StoredModels Models { get; private set; } = StoredModels.None;

    /// <summary>The models as they are stored.</summary>
    public byte[] EncodedModels => BlobWriter.Encode(Models.Write);

    /// <summary>Whether a put had an unknown outcome, so that <see cref="Settle"/> must come before the next.</summary>
    public bool IsInDoubt { get; private set; }

    /// <summary>Reads all of it.</summary>
    /// <exception cref="StoreException">Something is damaged or missing.</exception>
    public static StoreContents Read(ICheckpointStore store)
    {
        var contents = new StoreContents(store);
        contents.Read();
        contents.RefreshModels();
        return contents;
    }

    /// <summary>Fills a store that is being made, which then is there, with partitions in which nothing was recorded.</summary>
    /// <exception cref="StoreFailure">It cannot be written.</exception>
    /// <param name="store">The store.</param>
    /// <param name="meta">What holds for all of it.</param>
    /// <param name="settings">By what entries are applied.</param>
    /// <param name="models">The models.</param>
    /// <param name="shared">The documents that <paramref name="meta"/> names, in that order.</param>
    public static void Make(
        IStoreTarget store,
        StoreMeta meta,
        StoredSettings settings,
        StoredModels models,
        params IEnumerable<byte[]> shared
    )
    {
        foreach (var (name, content) in meta.Documents.Zip(shared))
        {
            store.TryPutDocument(SharedName(name), version: 1, content);
        }
        var empty = BlobWriter.Encode(PartitionState.Empty(settings).Write);
        store.TryPutDocument(SettingsDocument, version: 1, BlobWriter.Encode(settings.Write));
        store.TryPutDocument(ModelsDocument, version: 1, BlobWriter.Encode(models.Write));
        for (var partition = 0; partition < meta.Partitions; partition++)
        {
            store.TryPutState(partition, version: 1, empty);
        }
        store.TryPutDocument(StoreDocument, version: 1, BlobWriter.Encode(meta.Write));
    }

    /// <summary>The state of a partition as of the last put that succeeded, or as it was read.</summary>
    public PartitionState StateOf(int partition) => _states[partition].State;

    /// <summary>Whether the state of a partition names a blob.</summary>
    public bool IsNamed(int partition, long number) =>
        _states.TryGetValue(partition, out var stored) && stored.State.FileNumbers.Contains(number);

    /// <summary>Reads the state of a partition. From any thread.</summary>
    /// <exception cref="StoreException">It is damaged or missing.</exception>
    public PartitionState ReadState(int partition)
    {
        var content = _store.ReadState(partition, out var version);
        var state = BlobReader.Parse(_store.PlaceOf(partition), content, PartitionState.Read);
        _states[partition] = (state, version);
        return state;
    }

    /// <summary>Makes a checkpoint of one partition valid; false when somebody else owns the partition by now. What it contains must be in the log.</summary>
    /// <exception cref="StoreFailure">
    /// <see cref="StoreFailure.IsFull"/>: nothing was written. Otherwise the outcome is unknown and <see cref="Settle"/> must follow.
    /// </exception>
    public bool TryCommit(int partition, PartitionState state)
    {
        var version = _states[partition].Version + 1;
        var isPut = Put(() => _store.TryPutState(partition, version, BlobWriter.Encode(state.Write)));
        if (isPut)
        {
            _states[partition] = (state, version);
        }
        return isPut;
    }

    /// <summary>Replaces the models; false, and they are read again, when another process has done so since they were read.</summary>
    /// <exception cref="StoreFailure">As for <see cref="TryCommit"/>.</exception>
    public bool TryPutModels(StoredModels models)
    {
        var isPut = TryPut(ModelsDocument, models.Write);
        Models = isPut ? models : ReadDocument(ModelsDocument, StoredModels.Read);
        return isPut;
    }

    /// <summary>Changes what holds for the whole store; false, and it is read again, when another process has done so since it was read.</summary>
    /// <exception cref="StoreFailure">As for <see cref="TryCommit"/>.</exception>
    public bool TryPutMeta(StoreMeta meta)
    {
        var isPut = TryPut(StoreDocument, meta.Write);
        Meta = isPut ? meta : ReadDocument(StoreDocument, StoreMeta.Read);
        return isPut;
    }

    /// <summary>Changes by what later entries are applied; false, and it is read again, when another process has done so since it was read.</summary>
    /// <exception cref="StoreFailure">As for <see cref="TryCommit"/>.</exception>
    public bool TryPutSettings(StoredSettings settings)
    {
        var isPut = TryPut(SettingsDocument, settings.Write);
        Settings = isPut ? settings : ReadDocument(SettingsDocument, StoredSettings.Read);
        return isPut;
    }

    /// <summary>Reads a document that a user of the store keeps in it; one that nobody has put yet has version 0 and is empty. From any thread.</summary>
    /// <exception cref="StoreException">It is damaged or missing.</exception>
    public SharedDocument ReadShared(string name)
    {
        if (!Meta.Documents.Contains(name))
        {
            Meta = ReadDocument(StoreDocument, StoreMeta.Read);
        }
        if (!Meta.Documents.Contains(name))
        {
            return SharedDocument.None;
        }
        var document = SharedName(name);
        var content = _store.ReadDocument(document, out var version);
        return new(version, content);
    }

    /// <summary>Replaces such a document; false when another process has done so since it was read.</summary>
    /// <exception cref="StoreFailure">As for <see cref="TryCommit"/>.</exception>
    public bool TryPutShared(string name, long version, byte[] content)
    {
        var isPut = Put(() => _store.TryPutDocument(SharedName(name), version, content));
        // Also what somebody put who ended before it was named.
        while (!Meta.Documents.Contains(name))
        {
            TryPutMeta(Meta with { Documents = [.. Meta.Documents, name] });
        }
        return isPut;
    }

    /// <summary>Reads the models again.</summary>
    /// <exception cref="StoreException">They cannot be read.</exception>
    public void RefreshModels() => Models = ReadDocument(ModelsDocument, StoredModels.Read);

    /// <summary>Reads again by what entries are applied.</summary>
    /// <exception cref="StoreException">It cannot be read.</exception>
    public void RefreshSettings() => Settings = ReadDocument(SettingsDocument, StoredSettings.Read);

    /// <summary>Finds out, after a failure of unknown outcome, what is there.</summary>
    /// <param name="readModels">Reads the models again, for whoever looks at them.</param>
    /// <exception cref="StoreFailure">The store still cannot be used.</exception>
    /// <exception cref="StoreException">It is damaged or missing.</exception>
    public void Settle(Action readModels)
    {
        _store.Settle();
        try
        {
            Read();
            readModels();
        }
        catch (StoreException e) when (e.MayPass)
        {
            throw StoreFailure.InDoubt(e.Path, e);
        }
        IsInDoubt = false;
    }

    private static string SharedName(string name) => SharedPrefix + name;

    private void Read()
    {
        Meta = ReadDocument(StoreDocument, StoreMeta.Read);
        RefreshSettings();
        foreach (var partition in _states.Keys)
        {
            ReadState(partition);
        }
    }

    private T ReadDocument<T>(string name, BlobReader.Reader<T> parse)
    {
        var content = _store.ReadDocument(name, out var version);
        _documents[name] = version;
        return BlobReader.Parse(_store.PlaceOf(name), content, parse);
    }

    private bool TryPut(string document, Action<BlobWriter> write)
    {
        var version = _documents.GetValueOrDefault(document) + 1;
        var isPut = Put(() => _store.TryPutDocument(document, version, BlobWriter.Encode(write)));
        if (isPut)
        {
            _documents[document] = version;
        }
        return isPut;
    }

    private bool Put(Func<bool> put)
    {
        try
        {
            return put();
        }
        catch (StoreFailure e) when (!e.IsFull)
        {
            IsInDoubt = true;
            throw;
        }
    }
}
