using Scoring.Core;

namespace Scoring.Grains.Relay;

/// <summary>What the framework throws when a call did not reach its silo, or its answer did not come back.</summary>
internal static class ClusterFailures
{
    /// <summary>When whoever asked may ask again: silos that are gone are known to be by then.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>When something is asked again elsewhere.</summary>
    public static readonly TimeSpan AskAgainAfter = TimeSpan.FromMilliseconds(100);

    /// <summary>Whether the outcome of the call is unknown, rather than told.</summary>
    public static bool IsOne(Exception e) =>
        e is OrleansException or TimeoutException or ObjectDisposedException or IOException;

    /// <summary>The answer for a write that nobody knows the outcome of.</summary>
    public static ScoringException OfWrite(Exception e) =>
        new(
            ScoringError.Unavailable,
            "A server did not answer, so whether this was written is unknown; send it again with the same ids.",
            e
        )
        {
            RetryAfter = RetryAfter,
        };

    /// <summary>The answer for what was asked as long as it may be.</summary>
    public static ScoringException OfRead(Exception? e = null) =>
        new(ScoringError.Unavailable, "A server that this is asked of does not answer; try again.", e)
        {
            RetryAfter = RetryAfter,
        };
}
