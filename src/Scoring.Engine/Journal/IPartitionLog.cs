using Scoring.Engine.Storage;

namespace Scoring.Engine.Journal;

/// <summary>The logs of all partitions: each a sequence of entries without gaps, all appended together by group commits.</summary>
/// <remarks>
/// A place in the log of a partition is taken once, whoever appends. Frames are appended by one thread; entries are forgotten by another.
/// </remarks>
public interface IPartitionLog : IDisposable
{
    /// <summary>Bytes that it takes up.</summary>
    long FileBytes { get; }

    /// <summary>Whether something that was deleted may stand in what was there when it was opened: whoever deleted it may not have lived to erase it.</summary>
    bool MayHoldDeleted => false;

    /// <summary>The entries of a partition behind one, in order. To be read while nothing of the partition is appended, of several beside each other.</summary>
    /// <exception cref="StoreException">They cannot be read.</exception>
    IEnumerable<LogEntry> Read(int partition, long after);

    /// <summary>Makes what was read safe, that it could be read does not mean that it is; then entries can be appended.</summary>
    /// <exception cref="StoreFailure">It cannot be written.</exception>
    void StartWriting();

    /// <summary>Appends the entries of a group commit and waits until they are safe unless acknowledgements do not.</summary>
    /// <returns>The partitions of which nothing was appended, because somebody else has taken the next place; everything else was.</returns>
    /// <exception cref="StoreFailure">
    /// <see cref="StoreFailure.IsFull"/>: nothing was written. Otherwise the outcome is unknown, and nothing can be appended before
    /// <see cref="Settle"/> has found it out.
    /// </exception>
    IReadOnlyList<int> Append(JournalFrame frame);

    /// <summary>Finds out, after a failure, what became of the entries of a frame, and sees to it that it stays so and that the log can be written.</summary>
    /// <param name="frame">The frame that was to be appended.</param>
    /// <returns>As <see cref="Append"/>; null when nothing of it is in the log.</returns>
    /// <exception cref="StoreFailure">It is still unknown.</exception>
    IReadOnlyList<int>? Settle(JournalFrame frame);

    /// <summary>Waits until all that was appended is safe. From any thread.</summary>
    /// <exception cref="StoreFailure">It is not known to be, and may be asked for again.</exception>
    /// <exception cref="InvalidOperationException">Some of it may be lost.</exception>
    void Sync();

    /// <summary>
    /// What was appended so far is to be erased once it is forgotten, for something that was deleted stands in it. Needless for a log that keeps nothing of
    /// what is forgotten.
    /// </summary>
    /// <exception cref="StoreFailure">It cannot be written; it is to be said again.</exception>
    void EraseWhenForgotten() { }

    /// <summary>Gives up entries that are not needed any more.</summary>
    /// <param name="upTo">By partition of this process, the newest such entry, where a valid checkpoint says so; of others 0.</param>
    /// <exception cref="StoreFailure">It cannot be written; they may be there still.</exception>
    void Forget(Func<int, long> upTo);
}
