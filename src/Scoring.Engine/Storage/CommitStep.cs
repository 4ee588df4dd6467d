namespace Scoring.Engine.Storage;

/// <summary>Steps of writing, for tests that make one fail or wait.</summary>
internal enum CommitStep
{
    /// <summary>Before a frame is written to the journal.</summary>
    Begin,

    /// <summary>The frame is written, not synchronised.</summary>
    Written,

    /// <summary>The frame is in the journal, nobody has been told.</summary>
    Committed,

    /// <summary>After a failure, the journal is about to be tried again.</summary>
    Reopen,

    /// <summary>A piece of a file of a checkpoint is written; the store does not know it.</summary>
    SnapshotWritten,

    /// <summary>Before a transaction of the database begins: the end of a checkpoint of one partition, a model, a segment that comes or goes.</summary>
    StoreBegin,

    /// <summary>Everything is written, nothing committed.</summary>
    StoreWritten,

    /// <summary>The transaction is committed, nobody has been told.</summary>
    StoreCommitted,

    /// <summary>A lost connection to the database is about to be opened anew.</summary>
    StoreReopen,
}
