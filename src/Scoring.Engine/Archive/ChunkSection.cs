namespace Scoring.Engine.Archive;

/// <summary>The parts of a chunk, in the order in which they stand in it. Most are columns: one number of every event, one behind the other.</summary>
internal enum ChunkSection
{
    /// <summary>
    /// Of each customer: how far its row is from the one before, how many runs of events of one type it has, and whether changes, then how many.
    /// Of each run: how far its type is from the one before, whether it has more than one event, then how many.
    /// </summary>
    Runs,

    /// <summary>The low bytes of <see cref="HighTimes"/>, of which there is a fixed number: they are as good as random, and compressing them would be in vain.</summary>
    LowTimes,

    /// <summary>How long after the event before in its run each occurred, and the first one of a run after the earliest of the chunk, in units; without the low bytes.</summary>
    HighTimes,

    /// <summary>Received how many seconds after it occurred: four bits of each event, 15 for those in <see cref="LongLags"/>.</summary>
    Lags,

    /// <summary>The seconds of those that do not fit.</summary>
    LongLags,

    /// <summary>The feature, from 1 on; 0 for none.</summary>
    Features,

    /// <summary>Of each stretch of events with the same account: its number, from 1 on, 0 for none; how many events.</summary>
    Accounts,

    /// <summary>Of each event whose value is not 1: how many there are before it with the value 1; the value.</summary>
    Values,

    /// <summary>The ids of the accounts.</summary>
    AccountIds,

    /// <summary>The changes, customer by customer.</summary>
    Changes,

    /// <summary>
    /// Of each event 0 where it was known when it was received; otherwise 1 and how many seconds after it occurred it was known. Left out where all were known when they were received.
    /// </summary>
    Known,
}
