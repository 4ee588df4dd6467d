namespace Scoring.Engine.Storage;

/// <summary>Takes the documents and the states of partitions that a store consists of beside blobs and logs.</summary>
public interface IStoreTarget
{
    /// <summary>
    /// Adds a document, or replaces the version before this one, as a whole: whatever happens, it holds what it held or what is put. False, and
    /// nothing is changed, when another version is there: somebody else has put it.
    /// </summary>
    /// <param name="name">The document.</param>
    /// <param name="version">The version that it then has; 1 for a new one.</param>
    /// <param name="content">What it is to hold.</param>
    bool TryPutDocument(string name, long version, ReadOnlySpan<byte> content);

    /// <summary>
    /// Replaces the state of a partition if the version before this one is there, and so makes a checkpoint valid: blobs that were completed
    /// are safe before it. False, and nothing is changed, when another version is there or somebody else has claimed the partition.
    /// </summary>
    bool TryPutState(int partition, long version, ReadOnlySpan<byte> content);
}
