using System.Globalization;
using Scoring.Engine.Checkpoints;
using Scoring.Engine.Models;

namespace Scoring.Engine.Storage;

/// <summary>What a checkpoint store holds beside blobs, and what was put last. Used by one thread.</summary>
internal sealed class StoreContents
{
    /// <summary>The document that is put last when a store is made.</summary>
    public const string StoreDocument = "store";

    /// <summary>The document of the workspaces.</summary>
    public const string WorkspacesDocument = "workspaces";

    /// <summary>How the documents of models begin; a number follows.</summary>
    public const string ModelDocuments = "model-";

    private readonly ICheckpointStore _store;
    private PartitionState[] _states = [];
    private long[] _versions = [];
    private readonly Dictionary<string, long> _documents = new(StringComparer.Ordinal);

    private StoreContents(ICheckpointStore store) => _store = store;

    public StoreMeta Meta { get; private set; } = null!;

    /// <summary>The states of the partitions, as of the last put that succeeded.</summary>
    public IReadOnlyList<PartitionState> States => _states;

    /// <summary>The workspaces by number.</summary>
    public IReadOnlyList<StoredWorkspace> Workspaces { get; private set; } = [];

    /// <summary>The models by number.</summary>
    public IReadOnlyList<StoredModel> Models { get; private set; } = [];

    /// <summary>Whether a put had an unknown outcome, so that <see cref="Settle"/> must come before the next.</summary>
    public bool IsInDoubt { get; private set; }

    /// <summary>Reads all of it.</summary>
    /// <exception cref="StoreException">Something is damaged or missing.</exception>
    public static StoreContents Read(ICheckpointStore store)
    {
        var contents = new StoreContents(store);
        contents.Read();
        return contents;
    }

    /// <summary>Fills a store that is being made, which then is there.</summary>
    /// <exception cref="StoreFailure">It cannot be written.</exception>
    public static void Make(
        ICheckpointStore store,
        StoreMeta meta,
        IReadOnlyList<StoredWorkspace> workspaces,
        IReadOnlyList<StoredModel> models,
        IReadOnlyList<PartitionState> states
    )
    {
        store.TryPutDocument(WorkspacesDocument, version: 1, Encode(target => Write(target, workspaces)));
        foreach (var model in models)
        {
            store.TryPutDocument(NameOf(model.Number), version: 1, Encode(model.Write));
        }
        for (var partition = 0; partition < states.Count; partition++)
        {
            store.TryPutState(partition, version: 1, Encode(states[partition].Write));
        }
        store.TryPutDocument(StoreDocument, version: 1, Encode(meta.Write));
    }

    /// <summary>Makes a checkpoint of one partition valid. What it contains must be in the log.</summary>
    /// <exception cref="StoreFailure">
    /// <see cref="StoreFailure.IsFull"/>: nothing was written. Otherwise the outcome is unknown and <see cref="Settle"/> must follow.
    /// </exception>
    /// <exception cref="InvalidOperationException">Somebody else owns the partition.</exception>
    public void Commit(PartitionChange change)
    {
        var (partition, version) = (change.Partition, _versions[change.Partition] + 1);
        Put(() =>
        {
            if (!_store.TryPutState(partition, version, Encode(change.State.Write)))
            {
                throw new InvalidOperationException($"Partition {partition} was checkpointed by another process.");
            }
        });
        (_states[partition], _versions[partition]) = (change.State, version);
    }

    /// <summary>Puts a model: a new version of one, or one with the number after the last.</summary>
    /// <exception cref="StoreFailure">As for <see cref="Commit"/>.</exception>
    public void PutModel(StoredModel model)
    {
        var isNew = model.Number > Meta.Models;
        Put(NameOf(model.Number), model.Write);
        if (isNew)
        {
            PutMeta(Meta with { Models = model.Number });
        }
    }

    /// <summary>Changes what holds for the whole store.</summary>
    /// <exception cref="StoreFailure">As for <see cref="Commit"/>.</exception>
    public void PutMeta(StoreMeta meta)
    {
        Put(StoreDocument, meta.Write);
        Meta = meta;
    }

    /// <exception cref="StoreFailure">As for <see cref="Commit"/>.</exception>
    public void PutWorkspaces(IReadOnlyList<StoredWorkspace> workspaces)
    {
        Put(WorkspacesDocument, target => Write(target, workspaces));
        Workspaces = workspaces;
    }

    /// <summary>Finds out, after a failure of unknown outcome, what is there.</summary>
    /// <exception cref="StoreFailure">The store still cannot be used.</exception>
    /// <exception cref="StoreException">It cannot be read.</exception>
    public void Settle()
    {
        _store.Settle();
        Read();
        IsInDoubt = false;
    }

    private void Read()
    {
        _documents.Clear();
        Meta = ReadDocument(StoreDocument, StoreMeta.Read);
        Workspaces = ReadDocument(WorkspacesDocument, ReadWorkspaces);
        Models = [.. Enumerable.Range(1, Meta.Models).Select(ReadModel)];
        (_states, _versions) = (new PartitionState[Meta.Partitions], new long[Meta.Partitions]);
        for (var partition = 0; partition < _states.Length; partition++)
        {
            var content = _store.ReadState(partition, out _versions[partition]);
            _states[partition] = Parse(_store.PlaceOf(partition), content, PartitionState.Read);
        }
    }

    private StoredModel ReadModel(int number) =>
        ReadDocument(NameOf(number), (ref BlobReader reader) => StoredModel.Read(number, ref reader));

    private T ReadDocument<T>(string name, Parser<T> parse)
    {
        var content = _store.ReadDocument(name, out var version);
        _documents[name] = version;
        return Parse(_store.PlaceOf(name), content, parse);
    }

    private static StoredWorkspace[] ReadWorkspaces(ref BlobReader reader)
    {
        var workspaces = new StoredWorkspace[reader.Int32()];
        for (var i = 0; i < workspaces.Length; i++)
        {
            workspaces[i] = StoredWorkspace.Read(ref reader);
        }
        return workspaces;
    }

    private static void Write(BlobWriter target, IReadOnlyList<StoredWorkspace> workspaces)
    {
        target.Int32(workspaces.Count);
        foreach (var workspace in workspaces)
        {
            workspace.Write(target);
        }
    }

    private static string NameOf(int model) =>
        string.Create(CultureInfo.InvariantCulture, $"{ModelDocuments}{model:D6}");

    private static T Parse<T>(string place, byte[] content, Parser<T> parse)
    {
        try
        {
            var reader = new BlobReader(content);
            return parse(ref reader);
        }
        catch (InvalidDataException e)
        {
            throw StoreErrors.Damaged(place, $"this file is malformed: {e.Message.TrimEnd('.')}");
        }
    }

    private static byte[] Encode(Action<BlobWriter> write)
    {
        using var blob = new BlobWriter();
        write(blob);
        return blob.Written.ToArray();
    }

    private void Put(string document, Action<BlobWriter> write)
    {
        var version = _documents.GetValueOrDefault(document) + 1;
        Put(() =>
        {
            if (!_store.TryPutDocument(document, version, Encode(write)))
            {
                throw new InvalidOperationException($"The document {document} was put by another process.");
            }
        });
        _documents[document] = version;
    }

    private void Put(Action put)
    {
        try
        {
            put();
        }
        catch (StoreFailure e) when (!e.IsFull)
        {
            IsInDoubt = true;
            throw;
        }
    }

    private delegate T Parser<out T>(ref BlobReader reader);
}
