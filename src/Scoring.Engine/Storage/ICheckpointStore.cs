namespace Scoring.Engine.Storage;

/// <summary>
/// Keeps what checkpoints wrote: blobs that are written once, one small state per partition that says which of them hold, and a few named
/// documents. One thread at a time, but for reading.
/// </summary>
/// <remarks>
/// Every write throws <see cref="StoreFailure"/>: full means that nothing was changed; otherwise the outcome of a put is unknown, and
/// <see cref="Settle"/> must succeed before the next one. Every read throws <see cref="StoreException"/> when something is missing, damaged or
/// another store's.
/// </remarks>
public interface ICheckpointStore : IStoreTarget
{
    /// <summary>Drawn when the store is made: tells it from every other.</summary>
    long Identity { get; }

    /// <summary>What to name of a document in messages.</summary>
    string PlaceOf(string document);

    /// <summary>The content of a document and its version.</summary>
    byte[] ReadDocument(string name, out long version);

    /// <summary>What to name of a partition's state in messages.</summary>
    string PlaceOf(int partition);

    /// <summary>The state of a partition and its version.</summary>
    byte[] ReadState(int partition, out long version);

    /// <summary>Begins a blob that no state names; one of that number that is there was never named. Owners of a partition use numbers of their own.</summary>
    IBlobSink CreateBlob(int partition, long number);

    /// <summary>Opens a blob that was completed.</summary>
    IBlobSource OpenBlob(int partition, long number);

    /// <summary>Removes a blob that no state names, or leaves it to the next start.</summary>
    void DropBlob(int partition, long number);

    /// <summary>
    /// Makes a store that this process alone has open, and that was read as a whole, ready for writing: what could be read is made safe, and what
    /// a crash left behind is removed.
    /// </summary>
    /// <param name="isNamed">Whether a state names a blob, by partition and number.</param>
    void StartWriting(Func<int, long, bool> isNamed);

    /// <summary>Removes what owners before left of a partition, of a store that several processes have open.</summary>
    /// <param name="partition">One that this process has claimed, and whose state it has read after that: nobody else can put another.</param>
    /// <param name="isNamed">Whether that state names a blob.</param>
    void RemoveLeftovers(int partition, Func<long, bool> isNamed);

    /// <summary>After a put of unknown outcome: what is there now, the old or the new, is made safe, and can be read.</summary>
    void Settle();
}
