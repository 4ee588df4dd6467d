namespace Scoring.Engine.Storage;

/// <summary>Which partitions of a store are this process's, and whether it may still answer for them. From any thread.</summary>
public interface IPartitionOwnership
{
    /// <summary>
    /// Whether other processes may claim partitions as well. Then whoever claims one appends an entry of its own at the next place of its log before
    /// it answers for it, which ends what the owner before it appends.
    /// </summary>
    bool IsShared { get; }

    /// <summary>
    /// Whether this process has claimed a partition and nobody else can have answered for it since. It is a lease, which counts from before its last
    /// renewal was sent: to be looked at after what is answered was read.
    /// </summary>
    bool Holds(int partition);

    /// <summary>
    /// What is done whenever a lease is renewed, before it counts as longer; by any thread. What others may have changed since, relying on the lease having
    /// ended, is read again. While it throws <see cref="StoreException"/>, the lease is not renewed.
    /// </summary>
    Action? Renewing { get; set; }

    /// <summary>Claims a partition: from then on nobody who claimed it before can put its state.</summary>
    /// <exception cref="StoreFailure">It may have been claimed or not.</exception>
    Claim Claim(int partition);

    /// <summary>Gives a partition up of which everything is written: whoever claims it next has not to wait.</summary>
    /// <exception cref="StoreFailure">The next one may have to wait.</exception>
    void Release(int partition);
}

/// <summary>A claim to a partition.</summary>
/// <param name="Epoch">Number of the claim; a later one of the same partition has a larger one.</param>
/// <param name="Wait">
/// How long anybody who had it before may go on answering, also one before whom that claimed it and never answered; nothing may be answered
/// before that has passed.
/// </param>
public readonly record struct Claim(long Epoch, TimeSpan Wait);
