namespace Scoring.Engine;

/// <summary>Steps of writing, for tests that make one fail or wait.</summary>
public enum CommitStep
{
    /// <summary>Before a frame is written to the journal.</summary>
    Begin,

    /// <summary>The frame is written, not synchronised.</summary>
    Written,

    /// <summary>The frame is in the journal, nobody has been told.</summary>
    Committed,

    /// <summary>After a failure, the journal is about to be tried again.</summary>
    Reopen,

    /// <summary>A step of replacing the index of the journal's files: before, written, renamed, safe.</summary>
    IndexReplaced,

    /// <summary>A piece of a blob of a checkpoint is written; no partition's state names it.</summary>
    SnapshotWritten,

    /// <summary>Before a document or a partition's state is replaced: the end of a checkpoint of one partition, a model.</summary>
    StoreBegin,

    /// <summary>The new content is written and synchronised; the old one still stands under the name.</summary>
    StoreWritten,

    /// <summary>The new content stands under the name, which is not synchronised yet.</summary>
    StoreRenamed,

    /// <summary>The new content is safe, nobody has been told.</summary>
    StoreCommitted,

    /// <summary>After a failure of unknown outcome, what is really there is about to be found out.</summary>
    StoreReopen,
}
