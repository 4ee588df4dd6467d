using Scoring.Engine.Journal;

namespace Scoring.Engine.Storage;

/// <summary>Where a store lies: makes it, and opens its two ports.</summary>
internal interface IStore
{
    /// <summary>What to name of it in messages.</summary>
    string Place { get; }

    /// <summary>Whether there is a store; otherwise one may be made.</summary>
    /// <exception cref="StoreException">There is half a store, or one of an earlier build.</exception>
    bool Exists();

    /// <summary>Begins to make a store. It is there once <see cref="StoreContents.Make"/> put its last document.</summary>
    /// <exception cref="StoreFailure">It cannot be made.</exception>
    ICheckpointStore Make(long identity);

    /// <exception cref="StoreException">It is damaged or foreign.</exception>
    ICheckpointStore OpenCheckpoints();

    /// <summary>Opens the log and finds out whether it is sound; changes nothing.</summary>
    /// <param name="identity">The store's identity.</param>
    /// <param name="durability">How entries have been appended.</param>
    /// <param name="spans">By partition, which entries are needed.</param>
    /// <exception cref="StoreException">It is damaged, or entries that are needed are missing.</exception>
    IPartitionLog OpenLog(long identity, Core.Durability durability, IReadOnlyList<LogSpan> spans);
}
