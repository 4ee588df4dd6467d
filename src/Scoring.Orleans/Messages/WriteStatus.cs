namespace Scoring.Cluster.Messages;

/// <summary>Whether a grain took a write.</summary>
[GenerateSerializer, Alias("scoring.write-status")]
internal enum WriteStatus
{
    /// <summary>It is in the store.</summary>
    Done = 0,

    /// <summary>As much waits as may; nothing was taken.</summary>
    Overloaded = 1,

    /// <summary>The activation goes; nothing was taken.</summary>
    Gone = 2,

    /// <summary>Nobody knows what became of it.</summary>
    Unknown = 3,
}
