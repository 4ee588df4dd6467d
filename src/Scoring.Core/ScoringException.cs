namespace Scoring.Core;

/// <summary>A call to a backend could not be answered. The message is fit for the caller's eyes.</summary>
/// <param name="error">Why, for programs.</param>
/// <param name="message">Why and what to do, for people.</param>
/// <param name="innerException">What caused it, for the log only.</param>
public sealed class ScoringException(ScoringError error, string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>Why, for programs.</summary>
    public ScoringError Error { get; } = error;

    /// <summary>The field at fault in the words of the contract, for example "read_time"; null when there is none.</summary>
    public string? Field { get; init; }

    /// <summary>What the error is about, for example the customer's id; null when there is nothing to name.</summary>
    public string? Subject { get; init; }

    /// <summary>When a retry may succeed; null when a retry does not help.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
