namespace Scoring.Engine.Storage;

/// <summary>Steps of a commit, for tests that make one fail or wait.</summary>
internal enum CommitStep
{
    /// <summary>Before the transaction begins.</summary>
    Begin,

    /// <summary>Everything is written, nothing committed.</summary>
    Written,

    /// <summary>The transaction is committed, nobody has been told.</summary>
    Committed,

    /// <summary>A lost connection is about to be opened anew.</summary>
    Reopen,
}
