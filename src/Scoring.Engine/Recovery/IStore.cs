using Scoring.Core;
using Scoring.Engine.Journal;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Recovery;

/// <summary>Where a store lies: makes it, and opens its ports.</summary>
public interface IStore : IDisposable
{
    /// <summary>What to name of it in messages.</summary>
    string Place { get; }

    /// <summary>Says which partitions are this process's.</summary>
    IPartitionOwnership Ownership { get; }

    /// <summary>Whether there is a store; otherwise one may be made.</summary>
    /// <exception cref="StoreException">There is half a store, or one of an earlier build, or it cannot be looked at.</exception>
    bool Exists();

    /// <summary>Makes a store, unless another process makes it meanwhile.</summary>
    /// <param name="identity">Tells it from every other.</param>
    /// <param name="fill">Puts its documents and states; the store is there once that has returned.</param>
    /// <param name="isMove">
    /// Whether another store is moved there: no server opens it before <see cref="IMovableStore.EndMove"/>, and what an earlier move left that has not ended is
    /// removed.
    /// </param>
    /// <exception cref="StoreFailure">It cannot be made.</exception>
    void Make(long identity, Action<IStoreTarget> fill, bool isMove = false);

    /// <exception cref="StoreException">It is damaged or foreign.</exception>
    ICheckpointStore OpenCheckpoints();

    /// <summary>Opens the log and finds out whether it is sound; changes nothing.</summary>
    /// <param name="identity">The store's identity.</param>
    /// <param name="durability">How entries have been appended.</param>
    /// <param name="spans">By partition, which entries are needed.</param>
    /// <exception cref="StoreException">It is damaged, or entries that are needed are missing.</exception>
    IPartitionLog OpenLog(long identity, Durability durability, IReadOnlyList<LogSpan> spans);
}
