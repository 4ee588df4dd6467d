using Scoring.Core;

namespace Scoring.Grains.Relay;

/// <summary>What the framework throws when a call did not reach its silo, or its answer did not come back.</summary>
internal static class ClusterFailures
{
    /// <summary>When something is asked again elsewhere.</summary>
    public static readonly TimeSpan AskAgainAfter = TimeSpan.FromMilliseconds(100);

    /// <summary>Whether the outcome of the call is unknown, rather than told.</summary>
    /// <param name="e">What was thrown.</param>
    /// <param name="caller">Whose cancellation is not the framework's: it cancels messages itself whose time was over before they could be sent.</param>
    public static bool IsOne(Exception e, CancellationToken caller) =>
        e is OrleansException or TimeoutException or ObjectDisposedException or IOException
        || (e is OperationCanceledException && !caller.IsCancellationRequested);

    /// <summary>The answer for a write that nobody knows the outcome of.</summary>
    public static ScoringException OfWrite(Exception e) =>
        Unavailable(
            "A server did not answer, so whether this was written is unknown; send it again with the same ids.",
            e
        );

    /// <summary>The answer for what was asked as long as it may be.</summary>
    public static ScoringException OfRead(Exception? e = null) =>
        Unavailable("A server that this is asked of does not answer; try again.", e);

    /// <summary>The answer for what is not possible at the moment; silos that are gone are known to be when it is asked again.</summary>
    public static ScoringException Unavailable(string message, Exception? e = null) =>
        new(ScoringError.Unavailable, message, e) { RetryAfter = TimeSpan.FromSeconds(1) };
}
