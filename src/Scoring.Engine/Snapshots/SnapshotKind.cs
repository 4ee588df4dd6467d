namespace Scoring.Engine.Snapshots;

/// <summary>What a file that a checkpoint wrote holds. The numbers are stored and never change.</summary>
internal enum SnapshotKind : byte
{
    /// <summary>All customers and accounts that there were.</summary>
    Everyone = 1,

    /// <summary>Customers and accounts that had changed since the file before.</summary>
    Changes = 2,

    /// <summary>Blocks of event ids of the duplicate window.</summary>
    EventIds = 3,
}
