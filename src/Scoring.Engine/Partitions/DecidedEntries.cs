namespace Scoring.Engine.Partitions;

/// <summary>What was decided of the entries that rows of the store may contain, so that a replay need not decide it.</summary>
/// <param name="last">The last of these entries.</param>
/// <param name="refused">What was refused in them for a limit; all else was not.</param>
internal sealed class DecidedEntries(long last, RefusedItems refused)
{
    /// <summary>Whether an entry is one of them.</summary>
    public bool Cover(long entry) => entry <= last;

    /// <summary>Whether an item of such an entry was refused.</summary>
    public bool WasRefused(long entry, int item) => refused.Contain(entry, item);
}
