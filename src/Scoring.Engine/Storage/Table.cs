namespace Scoring.Engine.Storage;

/// <summary>The tables of the store; all have an integer key and a blob. The numbers go into checksums and never change.</summary>
internal enum Table
{
    /// <summary>One row: what holds for the whole store.</summary>
    Meta = 1,

    /// <summary>Workspaces by number.</summary>
    Workspace = 2,

    /// <summary>The newest version of each model.</summary>
    Model = 3,

    /// <summary>What is checkpointed, per partition.</summary>
    Partition = 4,

    /// <summary>Files of the journal by number.</summary>
    Segment = 5,
}
