namespace Scoring.Core;

/// <summary>What the acknowledgement of a write means.</summary>
public enum Durability
{
    /// <summary>Written to disk and synchronised: survives a crash of process and machine.</summary>
    OnDisk,

    /// <summary>Handed to the operating system: survives a crash of the process, not of the machine, which may undo the newest writes.</summary>
    InOsCache,
}
