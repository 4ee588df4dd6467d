using Scoring.Engine.Checkpoints;

namespace Scoring.Engine.Storage;

/// <summary>Commits to the database and knows what is in it. Used by one thread.</summary>
internal sealed class StoreWriter : IDisposable
{
    private readonly string _path;
    private readonly Action<CommitStep> _probe;
    private readonly BlobWriter _blob = new();
    private Store? _store;

    /// <param name="store">The store; writes must be allowed.</param>
    /// <param name="meta">What holds for the whole store.</param>
    /// <param name="states">What it holds of each partition.</param>
    /// <param name="options">The engine's options.</param>
    public StoreWriter(Store store, StoreMeta meta, IReadOnlyList<PartitionState> states, EngineOptions options)
    {
        _store = store;
        _path = store.Path;
        _probe = options.CommitProbe ?? (_ => { });
        Meta = meta;
        States = states;
    }

    public StoreMeta Meta { get; private set; }

    /// <summary>What the store holds, by partition; as of the last commit that succeeded.</summary>
    public IReadOnlyList<PartitionState> States { get; private set; }

    /// <summary>Makes a checkpoint of one partition valid. What it contains must be in the journal, and its files must be safe from a power failure.</summary>
    /// <exception cref="SqliteFailure">
    /// <see cref="SqliteFailure.IsFull"/>: nothing was written. Otherwise the outcome is unknown and <see cref="Reopen"/> must follow.
    /// </exception>
    public void Commit(PartitionChange change)
    {
        InTransaction(store => Put(store, Table.Partition, change.Partition, change.State.Write));
        PartitionState[] states = [.. States];
        states[change.Partition] = change.State;
        States = states;
    }

    /// <summary>Writes one row of a table that <see cref="StoreMeta"/> counts.</summary>
    /// <exception cref="SqliteFailure">As for <see cref="Commit"/>.</exception>
    public void PutCounted(Table table, long id, Action<BlobWriter> content, StoreMeta meta)
    {
        InTransaction(store =>
        {
            Put(store, table, id, content);
            Put(store, Table.Meta, StoreMeta.RowId, meta.Write);
        });
        Meta = meta;
    }

    /// <summary>Forgets files of the journal.</summary>
    /// <exception cref="SqliteFailure">As for <see cref="Commit"/>.</exception>
    public void RemoveSegments(IReadOnlyList<int> numbers)
    {
        var meta = Meta with { Segments = Meta.Segments - numbers.Count };
        InTransaction(store =>
        {
            foreach (var number in numbers)
            {
                store.Delete(Table.Segment, number, number);
            }
            Put(store, Table.Meta, StoreMeta.RowId, meta.Write);
        });
        Meta = meta;
    }

    /// <summary>Changes what holds for the whole store.</summary>
    /// <exception cref="SqliteFailure">As for <see cref="Commit"/>.</exception>
    public void PutMeta(StoreMeta meta)
    {
        InTransaction(store => Put(store, Table.Meta, StoreMeta.RowId, meta.Write));
        Meta = meta;
    }

    /// <summary>Empties the log as far as there is room for it: pages that were written often take up room there once for each time.</summary>
    public void Shrink()
    {
        try
        {
            _store?.EmptyLog();
        }
        catch (SqliteFailure)
        {
            // There is no room for that either, or the disk fails, which the next commit will find out; the log stays.
        }
    }

    /// <summary>Opens the database anew after a failure and reads what is really in it.</summary>
    /// <param name="read">Reads what else the engine keeps in memory of it.</param>
    /// <exception cref="SqliteFailure">It still cannot be used.</exception>
    /// <exception cref="StoreException">It cannot be read.</exception>
    public void Reopen(Action<Store> read)
    {
        _probe(CommitStep.StoreReopen);
        _store?.Dispose();
        _store = null;
        var store = new Store(_path, StoreFile.OpenUntouched(_path));
        try
        {
            var (meta, states) = StoreContents.ReadStates(store);
            read(store);
            // What the failed write left in the log may be in the cache of the operating system only: copy it and synchronise.
            store.EmptyLog();
            store.AllowWrites();
            (Meta, States, _store) = (meta, states, store);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>Closes the database; unless it is in doubt, its log is copied into the file and removed.</summary>
    public void Dispose()
    {
        _store?.Dispose();
        _store = null;
        _blob.Dispose();
    }

    private void InTransaction(Action<Store> write)
    {
        var store = _store ?? throw new InvalidOperationException("The store must be opened anew first.");
        _probe(CommitStep.StoreBegin);
        try
        {
            store.Begin();
            write(store);
            _probe(CommitStep.StoreWritten);
            store.Commit();
            _probe(CommitStep.StoreCommitted);
        }
        catch (SqliteFailure failure)
        {
            if (failure.IsFull)
            {
                store.Rollback();
                throw;
            }
            store.KeepLog();
            throw;
        }
    }

    private void Put(Store store, Table table, long id, Action<BlobWriter> content)
    {
        _blob.Clear();
        content(_blob);
        _blob.Fixed(Checksum.Bytes);
        store.Put(table, id, _blob.Written);
    }
}
