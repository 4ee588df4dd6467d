using Scoring.Engine.Storage;

namespace Scoring.Engine.Journal;

/// <summary>The logs of all partitions: each a sequence of entries without gaps, all appended together by group commits.</summary>
/// <remarks>Frames are appended by one thread; entries are forgotten by another.</remarks>
internal interface IPartitionLog : IDisposable
{
    /// <summary>Bytes that it takes up.</summary>
    long FileBytes { get; }

    /// <summary>Bytes of the entries that were needed when it was opened.</summary>
    long NeededBytes { get; }

    /// <summary>The entries of a partition behind one, in order. To be read before <see cref="StartWriting"/>, partitions beside each other.</summary>
    /// <exception cref="StoreException">They cannot be read.</exception>
    IEnumerable<LogEntry> Read(int partition, long after);

    /// <summary>Makes what was read safe, that it could be read does not mean that it is; then entries can be appended.</summary>
    /// <exception cref="StoreFailure">It cannot be written.</exception>
    void StartWriting();

    /// <summary>Appends the entries of a group commit, all or none, and waits until they are safe unless acknowledgements do not.</summary>
    /// <exception cref="StoreFailure">
    /// <see cref="StoreFailure.IsFull"/>: nothing was written. Otherwise the outcome is unknown, and nothing can be appended before
    /// <see cref="Fence"/> succeeded.
    /// </exception>
    void Append(JournalFrame frame);

    /// <summary>Makes sure, after a failure, that entries of unknown outcome are not in the log, and that it can be written.</summary>
    /// <exception cref="StoreFailure">It still cannot be written.</exception>
    void Fence();

    /// <summary>Waits until all that was appended is safe. From any thread.</summary>
    /// <exception cref="StoreFailure">It is not known to be.</exception>
    void Sync();

    /// <summary>Gives up entries that are not needed any more.</summary>
    /// <param name="upTo">By partition, the newest such entry; where a valid checkpoint says so.</param>
    /// <exception cref="StoreFailure">It cannot be written; they may be there still.</exception>
    void Forget(Func<int, long> upTo);
}
